"""Pure decisions of bans, reports, staff and figures."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.errors import Invalid, NotAllowed
from holdfast.pure.permissions import OF_THE_API, PERMISSIONS, Permission, outranks, permits
from holdfast.social.bans import BanNotAllowed, NetworkSeverity, mailbox_hash, read_domain, read_network
from holdfast.social.bans.model import address_of, obfuscated, parents, strictest
from holdfast.trust.figures import period
from holdfast.trust.figures.model import DAYS_MAX, steps
from holdfast.trust.reports import Category, NewReport, ReportLimits, ReportNotAllowed
from holdfast.trust.reports.model import checked
from holdfast.trust.staff_actions import OPERATOR, Staff
from holdfast.trust.webhooks import signature

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_roles_hold_what_the_api_says_they_do() -> None:
    assert {role: int(held & OF_THE_API) for role, held in PERMISSIONS.items()} == {
        "member": 0,
        "moderator": 1308,
        "admin": 983036,
        "owner": 1,
    }
    assert permits("owner", Permission.MANAGE_ROLES)
    assert permits("moderator", Permission.MANAGE_REPORTS | Permission.MANAGE_USERS)
    assert not permits("moderator", Permission.MANAGE_REPORTS | Permission.MANAGE_BLOCKS)
    assert not permits("somebody", Permission.MANAGE_REPORTS)


@given(st.sampled_from(list(PERMISSIONS)), st.sampled_from(list(PERMISSIONS)))
def test_nobody_acts_on_equals_or_on_those_above(one: str, other: str) -> None:
    assert not (outranks(one, other) and outranks(other, one))
    staff = Staff(1, one)
    if outranks(one, other):
        staff.require_above(2, other)
    else:
        with pytest.raises(NotAllowed):
            staff.require_above(2, other)
    with pytest.raises(NotAllowed):
        staff.require_above(1, "member")
    OPERATOR.require_above(2, other)


def test_domains_and_networks_have_one_form() -> None:
    assert read_domain(" Bücher.Example. ") == "xn--bcher-kva.example"
    assert read_network("192.0.2.77/24") == "192.0.2.0/24"
    assert read_network("2001:DB8::1") == "2001:db8::1/128"
    for wrong in ("example", "", "a b.example", "http://a.example"):
        with pytest.raises(BanNotAllowed):
            read_domain(wrong)
    for wrong in ("0.0.0.0/0", "10.0.0.0/7", "::/0", "2001::/8", "1.2.3", ""):
        with pytest.raises(BanNotAllowed):
            read_network(wrong)
    assert parents("a.b.example") == ["a.b.example", "b.example", "example"]


@given(st.from_regex(r"[a-z0-9]{1,20}(\.[a-z0-9]{1,20}){1,3}", fullmatch=True))
def test_a_hidden_domain_keeps_its_shape_and_not_its_name(domain: str) -> None:
    shown = obfuscated(domain)
    assert len(shown) == len(domain)
    assert [i for i, c in enumerate(shown) if c == "."] == [i for i, c in enumerate(domain) if c == "."]
    assert "*" in shown or len(domain) < 5


def test_one_mailbox_has_one_hash() -> None:
    plain = hashlib.sha256(b"anna@mail.example").hexdigest()
    for spelling in (
        "anna@mail.example",
        "A.N.N.A@Mail.Example",
        "anna+news@mail.example",
        " anna@mail.example ",
    ):
        assert mailbox_hash(spelling) == plain
    assert mailbox_hash("anne@mail.example") != plain


def test_the_strictest_block_that_holds_counts() -> None:
    blocks = [
        (ipaddress.ip_network("192.0.2.0/24"), NetworkSeverity.APPROVAL, None),
        (ipaddress.ip_network("192.0.2.0/28"), NetworkSeverity.NO_ACCESS, NOW + timedelta(hours=1)),
        (ipaddress.ip_network("2001:db8::/32"), NetworkSeverity.NO_SIGN_UP, None),
    ]

    def severity(text: str, now: datetime = NOW) -> NetworkSeverity | None:
        address = address_of(text)
        assert address is not None
        return strictest(address, blocks, now)

    assert severity("192.0.2.3") is NetworkSeverity.NO_ACCESS
    assert severity("::ffff:192.0.2.3") is NetworkSeverity.NO_ACCESS
    assert severity("192.0.2.3", NOW + timedelta(hours=2)) is NetworkSeverity.APPROVAL
    assert severity("192.0.2.200") is NetworkSeverity.APPROVAL
    assert severity("2001:db8::7") is NetworkSeverity.NO_SIGN_UP
    assert severity("203.0.113.1") is None
    assert address_of("testclient") is None


def test_a_report_is_cleaned_and_held_to_its_limits() -> None:
    limits = ReportLimits(comment_characters=10, posts=1, rules=2)
    report = checked(NewReport(1, (), " bad\x00 ", Category.VIOLATION, (2, 1, 2)), limits)
    assert (report.comment, report.rule_ids) == ("bad", (2, 1))
    assert checked(NewReport(1, (), "", Category.SPAM, (1,)), limits).rule_ids == ()
    for wrong in (
        NewReport(1, (), "x" * 11),
        NewReport(1, (), "", Category.VIOLATION, (3,)),
        NewReport(1, (), "", Category.VIOLATION, (0,)),
    ):
        with pytest.raises(ReportNotAllowed):
            checked(wrong, limits)


def test_periods_are_whole_days_with_one_of_the_same_length_before() -> None:
    span = period(datetime(2026, 1, 30, 23, tzinfo=UTC), NOW)
    assert span.days == [date(2026, 1, 30), date(2026, 1, 31)]
    assert span.before.days == [date(2026, 1, 28), date(2026, 1, 29)]
    assert span.before.ends == span.begins
    assert steps(period(datetime(2025, 11, 15, tzinfo=UTC), NOW), "month") == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]
    with pytest.raises(Invalid):
        period(NOW, NOW - timedelta(days=1))
    with pytest.raises(Invalid):
        period(NOW - timedelta(days=DAYS_MAX), NOW)


@given(st.text(min_size=1, max_size=40).filter(str.isascii), st.binary(max_size=200))
def test_a_call_is_signed_with_the_secret(secret: str, body: bytes) -> None:
    signed = signature(secret, body)
    assert signed == "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()
    assert signature(secret + "x", body) != signed
