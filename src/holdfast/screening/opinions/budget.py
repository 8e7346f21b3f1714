"""How much may be asked in a day. Days are those of UTC."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from holdfast.platform.clock import Instant


class Budget(NamedTuple):
    """The most of a day."""

    requests: int
    tokens: int


class Spent(NamedTuple):
    """What a day has taken so far; of requests without a known cost, the most that they can take."""

    requests: int
    tokens: int


def affords(budget: Budget, spent: Spent, tokens_at_most: int) -> bool:
    """Whether one more request of that size fits, even if it takes all that it can."""
    return spent.requests < budget.requests and spent.tokens + tokens_at_most <= budget.tokens


def day_of(now: Instant) -> Instant:
    """When the day of that instant began."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def next_day(now: Instant) -> Instant:
    """When the budget is whole again."""
    return day_of(now) + timedelta(days=1)
