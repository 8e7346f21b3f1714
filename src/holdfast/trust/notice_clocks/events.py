"""Facts about clocks of notices, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class ClockWarned(Event, frozen=True):
    """A share of a clock's time is gone, in percent, and nothing was done yet."""

    notice_id: int
    clock_id: int
    percent: int


class ClockBreached(Event, frozen=True):
    """The time of a clock is over, and nothing was done."""

    notice_id: int
    clock_id: int
