"""The clock port. Use cases never ask the time: they are given an `Instant`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

Instant = datetime
"""An aware datetime in UTC."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> Instant:
        """The current instant, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """The current instant, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that moves only when told to; for tests and simulations."""

    def __init__(self, at: Instant) -> None:
        self.at = at

    def now(self) -> Instant:
        """The instant it was set to."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        self.at += by
