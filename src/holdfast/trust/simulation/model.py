"""What a simulation answers with. Counts are posts; times are UTC."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import ceil

import msgspec

from ...platform.clock import Instant
from ...pure.proportions import wilson_interval
from ...screening import Action, Lane


class Decided(msgspec.Struct, frozen=True):
    """Of `of` posts that a person decided about, `withdrawn` were found to break the rules. `low`..`high`: 95 % Wilson
    interval of that share. The other posts were looked at by nobody: nothing is said of them."""

    withdrawn: int
    of: int
    low: float
    high: float


def decided(withdrawn: int, of: int) -> Decided | None:
    """None where nobody decided about any."""
    return Decided(withdrawn, of, *wilson_interval(withdrawn, of)) if of else None


class RuleFigures(msgspec.Struct, frozen=True):
    """One rule of the file that is tried. `alone`: no other of its rules hit; `newly`: posts that the rules in force let
    pass; `over_time`: hits per bucket; `precision`: of its hits that a person decided about."""

    id: str
    title: str
    stage: str
    action: Action
    lane: Lane
    hits: int
    alone: int
    newly: int
    accounts: int
    over_time: list[int]
    precision: Decided | None


class Sample(msgspec.Struct, frozen=True):
    """A post that only one side acts on. `text` is cut off; `decided`: True withdrawn, False released by a person."""

    post_id: int
    account_id: int
    created_at: Instant
    state: str
    text: str
    action: Action
    action_in_force: Action
    rules: list[str]
    decided: bool | None


class QueueLoad(msgspec.Struct, frozen=True):
    """Posts that a person would have had to look at (flag or hold), by day; days without any count as well."""

    posts: int
    by_lane: dict[str, int]
    per_day_mean: float
    per_day_p95: int
    per_day_most: int
    busiest_day: date | None
    days_over_capacity: int
    waiting_at_end: int


class Simulation(msgspec.Struct, frozen=True):
    """Everything that a simulation found. `moves`: "allow>flag" -> posts, from in force to tried."""

    tried_version: str
    in_force_version: str
    posts: int
    first_at: Instant | None
    last_at: Instant | None
    seconds: float
    posts_per_second: float
    moves: dict[str, int]
    bucket: str
    buckets: list[Instant]
    rules: list[RuleFigures]
    overlap: list[tuple[str, str, int]]
    overlap_in_force: list[tuple[str, str, int]]
    newly_acted_on: int
    newly_samples: list[Sample]
    no_longer_acted_on: int
    no_longer_samples: list[Sample]
    accounts: int
    accounts_newly: int
    top_accounts: list[tuple[int, int]]
    capacity_per_day: int
    queue: QueueLoad
    queue_in_force: QueueLoad
    precision: Decided | None
    precision_in_force: Decided | None
    withdrawn_and_missed: int
    withdrawn: int


_BUCKETS = (
    ("hour", timedelta(hours=1), timedelta(days=2)),
    ("day", timedelta(days=1), timedelta(days=60)),
    ("week", timedelta(weeks=1), timedelta(weeks=104)),
    ("month", timedelta(days=365.25 / 12), timedelta(days=3653)),
    ("year", timedelta(days=365.25), timedelta.max),
)


class Buckets:
    """Cuts a span of time into at most some hundred pieces of one length, the first beginning at a whole hour."""

    def __init__(self, first_at: datetime, last_at: datetime) -> None:
        span = last_at - first_at
        self.name, self.length = next((name, length) for name, length, most in _BUCKETS if span <= most)
        start = first_at.replace(minute=0, second=0, microsecond=0)
        self.start = start if self.name == "hour" else start.replace(hour=0)
        self.starts = [self.start + self.length * n for n in range(self.index(last_at) + 1)]

    def index(self, at: datetime) -> int:
        """The number of the bucket of an instant, from 0."""
        return max((at - self.start) // self.length, 0)


def queue_load(
    by_day: dict[date, int],
    by_lane: dict[str, int],
    first: date | None,
    last: date | None,
    capacity_per_day: int,
) -> QueueLoad:
    """The load from counts per day; what is not looked at on a day waits for the next."""
    if first is None or last is None:
        return QueueLoad(0, {}, 0.0, 0, 0, None, 0, 0)
    days = (last - first).days + 1
    busy = sorted(by_day.items())
    waiting = 0
    before = first
    for day, posts in busy:
        # The days between had nothing new.
        waiting = max(0, waiting - capacity_per_day * max((day - before).days - 1, 0))
        waiting = max(0, waiting + posts - capacity_per_day)
        before = day
    waiting = max(0, waiting - capacity_per_day * (last - before).days)
    counts = sorted(by_day.values(), reverse=True)
    total = sum(counts)
    # The 95th percentile of all days, those without any post included.
    rank = days - ceil(0.95 * days)
    return QueueLoad(
        posts=total,
        by_lane=dict(sorted(by_lane.items())),
        per_day_mean=round(total / days, 3),
        per_day_p95=counts[rank] if rank < len(counts) else 0,
        per_day_most=counts[0] if counts else 0,
        busiest_day=max(busy, key=lambda pair: pair[1])[0] if busy else None,
        days_over_capacity=sum(count > capacity_per_day for count in counts),
        waiting_at_end=waiting,
    )
