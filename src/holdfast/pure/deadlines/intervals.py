"""Running time between moments in UTC: without the intervals in which a clock stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from .calendars import LAST_YEAR, Calendar

Interval = tuple[datetime, datetime | None]
"""From a moment up to another, which is no part of it; None: for ever."""

_DAY = timedelta(days=1)


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same moments, in order, with none twice."""
    found: list[Interval] = []
    for since, to in sorted(intervals, key=lambda one: one[0]):
        if found and (found[-1][1] is None or since <= found[-1][1]):
            before, last = found[-1]
            found[-1] = (before, None if to is None or last is None else max(last, to))
        else:
            found.append((since, to))
    return tuple(found)


def running(
    start: datetime, end: datetime, stops: Sequence[Interval], business: Calendar | None
) -> timedelta:
    """How long it ran from `start` to `end`; zero where the end comes first."""
    total = timedelta()
    for since, to in _pieces(start, stops, business):
        if since >= end:
            break
        total += min(to, end) - since if to is not None else end - since
    return total


def advance(
    start: datetime, budget: timedelta, stops: Sequence[Interval], business: Calendar | None
) -> datetime | None:
    """The first moment at which it has run for `budget`; None if a stop without end comes before."""
    if not budget:
        return start
    left = budget
    for since, to in _pieces(start, stops, business):
        if to is None or to - since >= left:
            return since + left
        left -= to - since
    return None


def _pieces(start: datetime, stops: Sequence[Interval], business: Calendar | None) -> Iterator[Interval]:
    """What is left of the time from `start` on, in order."""
    for since, to in _days(start, business) if business is not None else [(start, None)]:
        yield from _without(since, to, stops)


def _days(start: datetime, calendar: Calendar) -> Iterator[Interval]:
    day = calendar.local_date(start)
    while day.year <= LAST_YEAR + 20:
        if calendar.is_business_day(day):
            since, to = max(start, calendar.begin(day)), calendar.end(day)
            if since < to:
                yield since, to
        day += _DAY


def _without(since: datetime, to: datetime | None, stops: Sequence[Interval]) -> Iterator[Interval]:
    for stop_since, stop_to in stops:
        if stop_to is not None and stop_to <= since:
            continue
        if to is not None and stop_since >= to:
            break
        if stop_since > since:
            yield since, stop_since
        if stop_to is None:
            return
        since = stop_to
    if to is None or since < to:
        yield since, to
