"""Tables, Lumen's JSON, the page that sums notices up, and scorecards."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure.notice_exports import (
    ClockFacts,
    Covering,
    ItemFacts,
    MessageFacts,
    NoticeFacts,
    RecordFacts,
    clocks_csv,
    items_csv,
    lumen,
    lumen_type,
    messages_csv,
    notices_csv,
    score,
    span_text,
    summary_html,
    summary_text,
    taken,
)
from holdfast.pure.notices import ItemOutcome

AT = datetime(2026, 1, 3, 12, 0, tzinfo=UTC)
RECORD = RecordFacts("01AAA", "notice.received", AT, 7, 12, AT, AT)


def notice(*items: ItemFacts, **more: Any) -> NoticeFacts:
    plain = NoticeFacts(
        "HN-1",
        "host.abuse",
        "Abuse report of the host",
        "Trust & Safety, Host",
        "host",
        "dkim",
        "email",
        AT,
        items=items,
        record=RECORD,
    )
    return dataclasses.replace(plain, **more)


def item(n: int, outcome: ItemOutcome | None, *, minutes: int | None = None, **more: object) -> ItemFacts:
    acted = None if minutes is None else AT + timedelta(minutes=minutes)
    return ItemFacts(n, f"https://social.example/{n}", outcome=outcome, acted_at=acted, seen_at=acted, **more)  # type: ignore[arg-type]


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_a_scorecard_counts_what_was_judged_and_how_long_it_took() -> None:
    first = notice(
        item(1, ItemOutcome.ACTIONED, minutes=10), item(2, ItemOutcome.ACTIONED, minutes=30), item(3, ItemOutcome.REFUSED),
        item(4, ItemOutcome.DUPLICATE), item(5, None), answered_at=AT + timedelta(hours=3),
        clocks=(ClockFacts("reply", AT, AT + timedelta(hours=1), AT + timedelta(hours=3), AT + timedelta(hours=1)),),
    )  # fmt: skip
    card = score([first, notice()])
    assert (card.notices, card.items, card.open_items) == (2, 5, 1)
    assert (card.upheld.k, card.upheld.n) == (2, 3)
    assert card.upheld.interval[0] < 2 / 3 < card.upheld.interval[1]
    assert card.act.median == timedelta(minutes=20)
    assert (card.answer.of, card.answer.open, card.answer.median) == (1, 1, timedelta(hours=3))
    assert (card.clocks, card.late) == (1, 1)


def test_a_scorecard_of_nothing_claims_nothing() -> None:
    card = score([])
    assert card.upheld.value is None
    assert card.upheld.interval == (0.0, 1.0)
    assert card.act.median is None


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.none() | st.integers(0, 10**6)), max_size=30))
def test_medians_are_of_what_was_done_and_the_rest_is_counted_open(
    spans: list[tuple[int, int | None]],
) -> None:
    took = taken((AT, None if end is None else AT + timedelta(seconds=end)) for _, end in spans)
    done = sorted(end for _, end in spans if end is not None)
    assert (took.of, took.open) == (len(done), len(spans) - len(done))
    if done:
        assert took.median is not None
        below = sum(timedelta(seconds=one) <= took.median for one in done)
        assert below * 2 >= len(done)
        assert took.slowest == timedelta(seconds=done[-1])


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(), "0 s"),
        (timedelta(seconds=61), "1 min 1 s"),
        (timedelta(days=3, hours=4, minutes=9), "3 d 4 h"),
        (timedelta(days=1), "1 d"),
        (None, "–"),
    ],
)
def test_lengths_of_time_are_told_in_two_units(span: timedelta | None, said: str) -> None:
    assert span_text(span) == said


def test_tables_have_one_row_for_each_thing() -> None:
    one = notice(
        item(
            1, ItemOutcome.ACTIONED, minutes=10, policy="threats@3", measures=("withdraw",), records=(RECORD,)
        ),
        item(2, None),
        messages=(
            MessageFacts("out", "answer", "email", AT, sha256="ab", delivery="delivered", delivered_at=AT),
        ),
        clocks=(ClockFacts("reply", AT, AT + timedelta(hours=24)),),
        subject="=HYPERLINK(1)",
    )
    first, second = rows(items_csv([one]))
    assert first["seconds_to_act"] == "600"
    assert (first["policy"], first["record_ids"], second["outcome"]) == ("threats@3", "01AAA", "open")
    [whole] = rows(notices_csv([one]))
    assert whole["leaf_index"] == "7"
    assert whole["subject"].startswith("'=")
    assert rows(messages_csv([one]))[0]["delivery"] == "delivered"
    assert rows(clocks_csv([one]))[0]["due_at"] == "2026-01-04T12:00:00.000Z"


@pytest.mark.parametrize(
    ("preset", "kind"),
    [
        ("us.dmca.notice", "DMCA"), ("court.subpoena", "CourtOrder"), ("gdpr.request", "DataProtection"),
        ("us.tida", "PrivateInformation"), ("eu.tco.removal_order", "GovernmentRequest"), ("eu.dsa.art9", "GovernmentRequest"),
        ("us.2703f", "LawEnforcementRequest"), ("host.abuse", "Other"), ("eu.dsa.art16", "Other"),
    ],
)  # fmt: skip
def test_presets_have_a_type_at_lumen(preset: str, kind: str) -> None:
    assert lumen_type(preset) == kind


def test_lumen_is_told_what_was_named_and_done_and_no_private_name() -> None:
    one = notice(
        item(1, ItemOutcome.ACTIONED), item(2, ItemOutcome.REFUSED), outcome="partly", jurisdiction="US"
    )
    found = lumen(one, recipient="social.example")["notice"]
    assert found["action_taken"] == "Partial"
    assert [url["url"] for url in found["works_attributes"][0]["infringing_urls_attributes"]] == [
        "https://social.example/1",
        "https://social.example/2",
    ]
    assert {role["name"] for role in found["entity_notice_roles_attributes"]} == {"recipient", "sender"}
    private = dataclasses.replace(one, capacity="victim", sender="Jane Roe", text="My name is Jane Roe")
    assert "Jane Roe" not in json.dumps(lumen(private, recipient="social.example"))


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60), st.text(max_size=60))
def test_the_page_holds_nothing_of_the_senders_as_markup(subject: str, address: str) -> None:
    odd = ItemFacts(1, f"<img src=x onerror=alert(1)>{address}", outcome=ItemOutcome.INVALID)
    one = notice(odd, subject=subject, their_reference=f"<script>{subject}")
    covering = Covering("social.example", "Notice HN-1", AT, "log.example/1", 12, "ab" * 32, AT)
    page = _Texts()
    page.feed(summary_html(covering, [one]))
    assert page.tags <= {"html", "meta", "title", "style", "h1", "h2", "table", "tr", "th", "td", "p"}
    assert page.attributes <= {"lang", "charset", "scope"}


def test_the_page_says_what_came_when_what_was_done_and_where_it_is_recorded() -> None:
    one = notice(
        item(1, ItemOutcome.ACTIONED, minutes=10, policy="threats@3", measures=("withdraw",), records=(RECORD,)),
        messages=(MessageFacts("out", "answer", "email", AT, delivery="delivered", delivered_at=AT),),
        clocks=(ClockFacts("reply", AT, AT + timedelta(hours=24), AT + timedelta(hours=25), AT + timedelta(hours=24)),),
        raw_sha256="cd" * 32, raw_bytes=99, state="closed", outcome="actioned",
    )  # fmt: skip
    covering = Covering("social.example", "Notice HN-1", AT, "log.example/1", 12, "ab" * 32, AT)
    for page in (summary_text(covering, [one]), summary_html(covering, [one])):
        for part in (
            "HN-1", "2026-01-03T12:00:00.000Z", "cd" * 32, "leaf 7", "time stamp", "threats@3", "actioned (withdraw)",
            "2026-01-03T12:10:00.000Z", "size 12", "ab" * 32, "delivered", "missed", "1 missed",
        ):  # fmt: skip
            assert part in page
