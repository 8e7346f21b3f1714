"""Counting: windows, different things, feeds that are open to whom, and ages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.edge.feeds import FeedKind, open_feed
from holdfast.edge.sign_ups import AskedSignUp, problems_of
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.limits import Rate, RateLimits
from holdfast.pure.ages import age_on
from holdfast.pure.errors import NotAuthenticated

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
RATE = Rate(100, 3600)
DEFAULTS = load_settings({"data": "nowhere"}, environment={})


@given(st.lists(st.lists(st.integers(1, 1 << 62), max_size=20), max_size=4))
def test_each_different_thing_counts_once(batches: list[list[int]]) -> None:
    limits = RateLimits(None)
    spent = None
    for batch in batches:
        spent = limits.spend_distinct("reads", "here", batch, RATE, NOW)
    different = {thing for batch in batches for thing in batch}
    if spent is not None:
        # Two of a million places may be one, and then a thing counts again: never too little, hardly too much.
        assert len(different) <= RATE.most - spent.remaining <= len(different) + 2


def test_the_same_things_count_again_for_others_and_in_the_next_window() -> None:
    limits = RateLimits(None)
    assert limits.spend_distinct("reads", "here", [1, 2], RATE, NOW).remaining == 98
    assert limits.spend_distinct("reads", "there", [1, 2], RATE, NOW).remaining == 98
    assert limits.spend_distinct("other", "here", [1, 2], RATE, NOW).remaining == 98
    assert limits.spend_distinct("reads", "here", [2, 3], RATE, NOW).remaining == 97
    later = NOW + timedelta(seconds=RATE.seconds)
    assert limits.spend_distinct("reads", "here", [2, 3], RATE, later).remaining == 98


def test_processes_count_the_same_things_together(tmp_path: Path) -> None:
    one, other = RateLimits(tmp_path / "limits"), RateLimits(tmp_path / "limits")
    one.spend_distinct("reads", "here", range(1, 11), RATE, NOW)
    assert other.spend_distinct("reads", "here", range(5, 16), RATE, NOW).remaining == 85
    assert one.spend("x", "k", RATE, NOW).remaining - other.spend("x", "k", RATE, NOW).remaining == 1


def _feeds(local: str, remote: str, timelines: str = "public") -> Settings:
    return msgspec.structs.replace(
        DEFAULTS, timelines_access=timelines, hashtag_feeds_local=local, hashtag_feeds_remote=remote
    )


@pytest.mark.parametrize(
    ("local", "remote", "asked", "visitor", "member"),
    [
        ("public", "public", {}, (True, True), (True, True)),
        ("public", "disabled", {}, (True, False), (True, False)),
        ("public", "disabled", {"remote": True}, None, None),
        ("public", "disabled", {"local": True, "remote": True}, (True, False), (True, False)),
        ("members", "public", {}, "refused", (True, True)),
        ("members", "public", {"remote": True}, (False, True), (False, True)),
        ("disabled", "members", {"local": True}, None, None),
        ("disabled", "members", {}, "refused", (False, True)),
        ("disabled", "disabled", {}, None, None),
    ],
)
def test_a_feed_shows_what_its_reader_may_have(
    local: str, remote: str, asked: dict[str, bool], visitor: object, member: object
) -> None:
    settings = _feeds(local, remote)
    for is_member, expected in ((False, visitor), (True, member)):
        if expected == "refused":
            with pytest.raises(NotAuthenticated):
                open_feed(settings, FeedKind.HASHTAG, member=is_member, **asked)
        else:
            assert open_feed(settings, FeedKind.HASHTAG, member=is_member, **asked) == expected


def test_what_says_nothing_follows_the_common_setting() -> None:
    closed = _feeds("timelines_access", "timelines_access", "members")
    for kind in FeedKind:
        with pytest.raises(NotAuthenticated):
            open_feed(closed, kind, member=False, local=True)
        assert open_feed(closed, kind, member=True, local=True)


@pytest.mark.parametrize(
    ("born", "age"), [("2010-01-31", 16), ("2010-02-01", 15), ("2008-02-29", 17), ("2026-01-31", 0)]
)
def test_ages_are_birthdays(born: str, age: int) -> None:
    assert age_on(NOW.date(), date.fromisoformat(born)) == age


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "ERR_BLANK"), ("yesterday", "ERR_INVALID"), ("2030-01-01", "ERR_INVALID"), ("31.12.2001", "ERR_INVALID"),
        ("2010-02-01", "ERR_BELOW_LIMIT"), ("2010-01-31", None), ("1950-06-01", None),
    ],
)  # fmt: skip
def test_who_is_too_young_is_told(written: str, code: str | None) -> None:
    settings = msgspec.structs.replace(DEFAULTS, sign_up_min_age=16)
    asked = AskedSignUp("maren", "m@example.org", "otter quay lantern", True, "", written)
    problems = problems_of(asked, settings, NOW)
    assert [parts[0][0] for parts in problems.values()] == ([code] if code else [])
    assert "date_of_birth" not in problems_of(asked, DEFAULTS, NOW)


def test_a_reason_is_asked_for_where_a_person_decides() -> None:
    asked = AskedSignUp("maren", "m@example.org", "otter quay lantern", True, "  ")
    for registrations, required, wrong in (
        ("approval", True, True),
        ("approval", False, False),
        ("open", True, False),
    ):
        settings = msgspec.structs.replace(
            DEFAULTS, registrations=registrations, sign_up_reason_required=required
        )
        assert ("reason" in problems_of(asked, settings, NOW)) is wrong
