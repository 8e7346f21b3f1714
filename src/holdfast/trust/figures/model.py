"""Figures that the staff asks for: of days, of kinds, of those who stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import msgspec

from ...platform.clock import Instant
from ...pure.errors import Invalid

DAYS_MAX = 731
"""Longest period of one question."""
Frequency = Literal["day", "month"]


class Period(msgspec.Struct, frozen=True):
    """Whole UTC days, both ends included."""

    first: date
    last: date

    @property
    def begins(self) -> Instant:
        """The first moment."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)

    @property
    def ends(self) -> Instant:
        """The first moment after it."""
        return datetime(self.last.year, self.last.month, self.last.day, tzinfo=UTC) + timedelta(days=1)

    @property
    def days(self) -> list[date]:
        """Each day."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> Period:
        """The period of the same length right before this one."""
        length = timedelta(days=len(self.days))
        return Period(self.first - length, self.last - length)


def period(begins: Instant, ends: Instant) -> Period:
    """The days of a period. Raises Invalid when it ends before it begins, or is too long."""
    first, last = begins.astimezone(UTC).date(), ends.astimezone(UTC).date()
    if last < first:
        raise Invalid("end_at must not be before start_at")
    if (last - first).days >= DAYS_MAX:
        raise Invalid(f"the period must not be longer than {DAYS_MAX} days")
    return Period(first, last)


class Measure(msgspec.Struct, frozen=True):
    """Numbers per day, of the whole period, and of the one before it. `total` counts people of several days once."""

    key: str
    by_day: dict[date, int]
    total: int
    previous_total: int


class Share(msgspec.Struct, frozen=True):
    """One kind and how much of it there is. `unit` is bytes, or None for a count; a version is a text."""

    key: str
    label: str
    value: str
    unit: str | None = None


class Cohort(msgspec.Struct, frozen=True):
    """Those who came in one day or month, and how many of them were still there from each later one on."""

    begins: date
    size: int
    remaining: list[tuple[date, int]]


def steps(span: Period, frequency: Frequency) -> list[date]:
    """The first days of the days or months that a period touches."""
    if frequency == "day":
        return span.days
    found, step = [], span.first.replace(day=1)
    while step <= span.last:
        found.append(step)
        step = (step + timedelta(days=32)).replace(day=1)
    return found
