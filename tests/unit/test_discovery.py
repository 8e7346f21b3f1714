"""Decisions about trends, suggestions and announcements, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.graphemes import is_emoji
from holdfast.social.announcements import AnnouncementInvalid, NewAnnouncement
from holdfast.social.suggestions import Source, merge
from holdfast.social.trends import Trend, TrendRules

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("review", "allowed", "shown", "waits"),
    [
        (False, None, True, False),
        (False, False, False, False),
        (False, True, True, False),
        (True, None, False, True),
        (True, False, False, False),
        (True, True, True, False),
    ],
)
def test_the_staff_decides_before_or_after(
    review: bool, allowed: bool | None, shown: bool, waits: bool
) -> None:
    trend, rules = Trend(1, 2.0, 3, allowed), TrendRules(review=review)
    assert (trend.may_show(rules), trend.needs_review(rules)) == (shown, waits)
    assert not trend.may_show(TrendRules(shown=False, review=review))


def test_sources_are_merged_in_turn_and_named_accounts_come_first() -> None:
    found = merge(
        [
            (Source.FEATURED, [9]),
            (Source.FRIENDS_OF_FRIENDS, [1, 2, 3]),
            (Source.SIMILAR, [2, 4]),
            (Source.MOST_FOLLOWED, [5, 9]),
        ],
        5,
    )
    assert [one.account_id for one in found] == [9, 1, 2, 5, 4]
    assert found[0].sources == (Source.FEATURED, Source.MOST_FOLLOWED)
    assert found[2].sources == (Source.FRIENDS_OF_FRIENDS, Source.SIMILAR)


@given(
    st.dictionaries(st.sampled_from(list(Source)), st.lists(st.integers(1, 9), unique=True), max_size=4),
    st.integers(0, 12),
)
def test_nobody_is_suggested_twice_and_every_reason_is_true(
    found: dict[Source, list[int]], limit: int
) -> None:
    merged = merge(list(found.items()), limit)
    ids = [one.account_id for one in merged]
    assert len(ids) == len(set(ids)) == min(limit, len({ident for ids in found.values() for ident in ids}))
    for one in merged:
        assert set(one.sources) == {source for source, ids in found.items() if one.account_id in ids}


@pytest.mark.parametrize("text", ["👍", "👍🏽", "❤️", "❤", "👨‍👩‍👧", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☃"])
def test_one_emoji_is_one(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "1",
        "👍👍",
        "👍a",
        "🇩",
        "🇩🇪🇫🇷",
        "a\u20e3",
        "é",
        "\u200d",
        "\ufe0f",
        "\0",
        "👍" + "\u0301" * 60,
        "blob",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_emoji(text)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (NewAnnouncement("  ", NOW), "needs a text"),
        (NewAnnouncement("x" * 11, NOW), "longer than 10"),
        (NewAnnouncement("x", NOW, starts_at=LATER, ends_at=LATER), "before it starts"),
        (NewAnnouncement("x", NOW, ends_at=NOW), "before anybody"),
        (NewAnnouncement("x", LATER, ends_at=LATER), "before anybody"),
        (NewAnnouncement("x", NOW, all_day=True), "Whole days"),
    ],
)
def test_an_announcement_that_makes_no_sense_is_refused_with_the_reason(
    new: NewAnnouncement, why: str
) -> None:
    with pytest.raises(AnnouncementInvalid, match=why):
        new.check(most_characters=10, now=NOW)


def test_an_announcement_that_makes_sense_is_taken() -> None:
    NewAnnouncement("x" * 10, NOW, starts_at=NOW, ends_at=LATER, all_day=True).check(
        most_characters=10, now=NOW
    )
