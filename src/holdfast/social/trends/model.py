"""What a trend is, and what may be one."""

from __future__ import annotations

from datetime import date, timedelta
from enum import IntEnum

import msgspec

from ..cards import CardView
from ..posts import PostState, Seen, Visibility

WINDOW = timedelta(days=7)
"""What is older makes no trend. As long as the history that the API tells of."""


class TrendKind(IntEnum):
    """What trends."""

    TAG = 0
    POST = 1
    LINK = 2


class TrendLimits(msgspec.Struct, frozen=True):
    """How trends are made; each is a setting."""

    min_accounts: int = 3
    half_life_hours: int = 12
    most: int = 100


class TrendRules(msgspec.Struct, frozen=True):
    """Which trends are shown: those that the staff approved (`review`), or all that they did not reject. `shown` False:
    none, and nobody is told of any."""

    shown: bool = True
    review: bool = False


class Trend(msgspec.Struct, frozen=True):
    """One trend. `allowed`: what the staff said of it, None when nothing."""

    subject_id: int
    score: float
    accounts: int
    allowed: bool | None

    def may_show(self, rules: TrendRules) -> bool:
        """Whether the public is told of it."""
        return rules.shown and (self.allowed is True if rules.review else self.allowed is not False)

    def needs_review(self, rules: TrendRules) -> bool:
        """Whether it waits for the staff."""
        return rules.review and self.allowed is None


class LinkDay(msgspec.Struct, frozen=True):
    """How often an address was linked to on one day (UTC), in posts that may trend."""

    day: date
    uses: int
    accounts: int


class LinkTrend(msgspec.Struct, frozen=True):
    """A link with its last seven days, today first."""

    trend: Trend
    card: CardView
    history: list[LinkDay]


def may_trend(seen: Seen) -> bool:
    """Whether a post may be spread further, as it is now: the conditions of `queries.py`, asked again when it is shown."""
    post, author = seen.post, seen.author
    return (
        post.state is PostState.VISIBLE
        and post.visibility is Visibility.PUBLIC
        and post.boost_of_id is None
        and not post.sensitive
        and not post.spoiler
        and author.shown
        and author.discoverable
        and not author.limited
        and not author.sensitized
    )
