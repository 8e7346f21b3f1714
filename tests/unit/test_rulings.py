"""Rulings, effects and statements of reasons, as far as they are pure; and what is kept out."""

from __future__ import annotations

import fnmatch
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.errors import Invalid
from holdfast.social.bans import (
    BanNotAllowed,
    PatternField,
    link_forms,
    looks_like,
    read_file_hash,
    read_link,
    read_pattern,
)
from holdfast.trust.decisions import Action, Ruling, RulingNotAllowed, Target, check, effects_of
from holdfast.trust.effects import TOLD, ActionKind, SubjectKind, value_of
from holdfast.trust.policies import shipped_policies
from holdfast.trust.statements import (
    Automation,
    Concerned,
    Ended,
    Reasons,
    SourceType,
    compose,
    reported,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
POST = Target(SubjectKind.POST, "11", 1)
HELD = Target(SubjectKind.POST, "12", 2, held=True)


def ruled(*actions: Action, **more: object) -> Ruling:
    return Ruling(actions, **{"policy": "spam", "facts": "It is spam.", **more})  # type: ignore[arg-type]


@given(st.text(), st.lists(st.tuples(st.integers(), st.text())))
def test_the_newest_effect_in_force_counts_in_whatever_order_they_are_known(
    baseline: str, effects: list[tuple[int, str]]
) -> None:
    unique = list(dict(effects).items())
    expected = dict(unique)[max(dict(unique))] if unique else baseline
    assert value_of(baseline, unique) == expected == value_of(baseline, unique[::-1])


def test_what_a_ruling_does_and_who_is_told_last() -> None:
    actions = (Action(ActionKind.WITHDRAW), Action(ActionKind.SUSPEND), Action(ActionKind.STRIKE, severity=9))
    made = effects_of(ruled(*actions), 7, [POST, HELD], members=[1])
    assert [(one.kind.value, one.key, one.aspect, one.value) for one in made] == [
        ("post", "11", "visibility", "withdrawn"), ("post", "12", "visibility", "withdrawn"),
        ("account", "1", "standing", "suspended"), ("account", "2", "standing", "suspended"),
        ("account", "1", "strike:7", "9"), ("account", "2", "strike:7", "9"),
        ("account", "1", TOLD, "on"),
    ]  # fmt: skip
    one = effects_of(ruled(*actions, account_ids=(2,)), 7, [POST, HELD], members=[1, 2])
    assert {effect.key for effect in one if effect.aspect == "standing"} == {"2"}
    released = effects_of(Ruling((Action(ActionKind.NO_VIOLATION),)), 7, [POST, HELD], members=[1, 2])
    assert [(effect.key, effect.value) for effect in released] == [("12", "visible")]


@pytest.mark.parametrize(
    "action",
    [
        Action(ActionKind.WITHDRAW, NOW + timedelta(days=1)),
        Action(ActionKind.HIDE, NOW - timedelta(days=1)),
        Action(ActionKind.LABEL),
        Action(ActionKind.LABEL, label="Not A Label"),
        Action(ActionKind.STRIKE),
        Action(ActionKind.STRIKE, severity=101),
        Action(ActionKind.RESTRICT_SIGN_UPS, pattern="spam*"),
        Action(ActionKind.RESTRICT_SIGN_UPS, field=PatternField.EMAIL, pattern="*"),
        Action(ActionKind.BLOCK_LINK, value="nothing"),
        Action(ActionKind.BLOCK_IMAGE, value="abc"),
        Action(ActionKind.REFER),
    ],
)
def test_an_action_without_what_it_needs_is_refused(action: Action) -> None:
    with pytest.raises(Invalid):
        check(ruled(action), NOW)


def test_unfinished_words_never_reach_a_member() -> None:
    for part in ("facts", "added", "explanation", "ground"):
        with pytest.raises(Invalid, match="unfinished"):
            check(ruled(Action(ActionKind.WARN), **{part: "because of ### "}), NOW)
    with pytest.raises(RulingNotAllowed):
        check(ruled(Action(ActionKind.WARN), territory=("France",)), NOW)


@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=10))
def test_patterns_match_as_the_shell_does(pattern: str, text: str) -> None:
    assert looks_like(pattern, text) == fnmatch.fnmatchcase(text, pattern)


def test_a_pattern_takes_no_time_on_hostile_text() -> None:
    assert not looks_like("*a" * 60 + "b", "a" * 5000)
    assert read_pattern(" **Spam?? ") == "*spam??"
    with pytest.raises(BanNotAllowed):
        read_pattern("a*")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://WWW.Example.org/A/b/?q=1#x", "example.org/A/b/?q=1"),
        ("example.org", "example.org"),
        ("http://user:pw@bad.example:8080/x/", "bad.example/x"),
        ("HTTPS://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ],
)
def test_links_are_compared_in_one_form(written: str, read: str) -> None:
    assert read_link(written) == read


def test_a_barred_host_bars_all_below_it_and_nothing_beside_it() -> None:
    forms = link_forms("https://www.shop.bad.example/coins/now?x=1")
    for barred in ("bad.example", "shop.bad.example", "shop.bad.example/coins", "shop.bad.example/coins/now"):
        assert barred in forms
    for other in ("ad.example", "shop.bad.example/coin", "shop.bad.example/coins/no"):
        assert other not in forms
    assert link_forms("mailto:nobody") == []
    assert read_file_hash(" SHA256:" + "a" * 64) == "sha256:" + "a" * 64


def reasons(*measures: Ended, language: str = "en", **more: object) -> Reasons:
    policy = shipped_policies()["threats"]
    given: dict[str, object] = {
        "decision_id": 1, "account_id": 2, "measures": measures,
        "posts": (Concerned(5, NOW, "words of mine", "fr", ("video",)),), "policy": policy, "law": True,
        "ground": policy.document.ground[language], "explanation": policy.document.explanation[language],
        "facts": "It names a time and a place.", "added": "", "source": SourceType.NOTICE, "automated_detection": True,
        "automation": Automation.PARTIALLY, "territory": ("FR",), "made_at": NOW, "decision_record_id": "r",
        "action_id": 3,
    }  # fmt: skip
    return Reasons(**{**given, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [kind for kind in ActionKind if kind not in (
    ActionKind.RESTRICT_SIGN_UPS, ActionKind.BLOCK_LINK, ActionKind.BLOCK_IMAGE, ActionKind.REFER,
    ActionKind.NO_VIOLATION, ActionKind.DISMISS)])  # fmt: skip
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_measure_has_its_words_in_every_language(kind: ActionKind, language: str) -> None:
    _, text = compose(reasons(Ended(kind, label="10"), language=language), language)
    measure = text.splitlines()[1]
    assert measure.startswith("- ")
    assert "{" not in text
    assert "words of mine" in text


def test_a_statement_says_how_long_where_by_whom_and_on_what_ground() -> None:
    _, text = compose(reasons(Ended(ActionKind.HIDE, NOW + timedelta(days=2))), "en")
    for part in (
        "until 2026-11-26 12:00 UTC", "Where it applies: FR", "A program found it", "a program applied that decision",
        "We received a notice", "against the law", "threats@1",
    ):  # fmt: skip
        assert part in text, part
    _, open_end = compose(reasons(Ended(ActionKind.HIDE, NOW), Ended(ActionKind.WITHDRAW)), "en")
    assert "without an end that is set" in open_end
    assert open_end.count("This ends by itself: ") == 1
    suspended = reasons(
        Ended(ActionKind.SUSPEND, NOW + timedelta(days=9)), Ended(ActionKind.HIDE, NOW + timedelta(days=2))
    )
    for language in ("en", "fr"):
        _, both = compose(suspended, language)
        for days in (2, 9):
            assert f"{NOW + timedelta(days=days):%Y-%m-%d %H:%M} UTC." in both, "each says its own end"


def test_rows_for_the_database_say_what_was_done_and_nobodys_words() -> None:
    row = reported(
        reasons(Ended(ActionKind.LABEL, label="adults-only"), Ended(ActionKind.FREEZE, NOW + timedelta(days=1))),
        puid="p1", adults_only="adults-only",
    )  # fmt: skip
    assert row["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED"]
    assert row["decision_provision"] == "DECISION_PROVISION_PARTIAL_SUSPENSION"
    assert row["end_date_service_restriction"] == "2026-11-25"
    assert row["end_date_visibility_restriction"] is None
    assert row["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert row["content_type"] == ["CONTENT_TYPE_TEXT", "CONTENT_TYPE_VIDEO"]
    assert row["content_language"] == "FR"
    assert row["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    assert "names a time" not in msgspec.json.encode(row).decode()
    warned = reported(reasons(Ended(ActionKind.WARN)), puid="p", adults_only="x")
    assert warned["decision_visibility"] == ["DECISION_VISIBILITY_OTHER"]
    assert warned["decision_visibility_other"]
