"""The throttle port over the counters that all processes of a machine share."""

from __future__ import annotations

from holdfast.platform.clock import Clock
from holdfast.platform.limits import Rate, RateLimits


class SharedThrottles:
    """Counts in `RateLimits`; several machines count each for itself."""

    def __init__(self, limits: RateLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock

    def is_within(self, group: str, key: str, *, at_most: int, per_seconds: int, count: int) -> bool:
        """Add `count` (0 only looks) to this window of the key; True while no more than `at_most` were counted."""
        rate = Rate(at_most, per_seconds)
        # Windows of another length count apart: two in one counter would set each other back.
        name = f"screening:{group}/{per_seconds}"
        return self._limits.spend(name, key, rate, self._clock.now(), count=count).allowed
