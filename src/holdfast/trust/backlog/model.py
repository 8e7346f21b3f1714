"""How long what waits will wait: a queue with priorities, served by so many people. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

OBJECTIVE: Final = 0.95
"""The share of a lane's cases that is to be answered in time; what is over is the budget that burns."""
_HOUR = 3600.0


class Capacity(msgspec.Struct, frozen=True):
    """Who works: people at a time, and seconds that a decision takes them."""

    reviewers: float
    decision_seconds: float

    @property
    def per_hour(self) -> float:
        """Decisions in an hour."""
        return self.reviewers * _HOUR / self.decision_seconds if self.decision_seconds > 0 else 0.0


class LaneLoad(msgspec.Struct, frozen=True):
    """A lane as it stands, the most urgent one first in a list. `arriving_per_hour`: cases, not signals."""

    lane: str
    open: int
    oldest_seconds: float
    target_seconds: float
    arriving_per_hour: float


class Forecast(msgspec.Struct, frozen=True):
    """What becomes of a lane. wait_seconds: until the last case of now is decided; None: never, at this rate.
    breach_in_seconds: until one is older than the target; 0: one is; None: not in sight."""

    wait_seconds: float | None
    breach_in_seconds: float | None


def forecasts(loads: Sequence[LaneLoad], capacity: Capacity) -> dict[str, Forecast]:
    """By lane. A lane is served when those before it are empty, and what arrives there goes first.

    The oldest case of a lane may be the last one to be decided, since harm goes before age; so it breaks the promise
    when its age and the wait together are over the target. Else a lane that gets more than is left for it grows until a
    new case waits too long.
    """
    found: dict[str, Forecast] = {}
    ahead, arriving = 0.0, 0.0
    for load in loads:
        ahead += load.open
        left = capacity.per_hour - arriving  # what those before it leave in the long run
        arriving += load.arriving_per_hour
        wait = None if left <= 0 else ahead / left * _HOUR
        if load.open == 0 and wait is not None and ahead == 0:
            wait = 0.0
        found[load.lane] = Forecast(wait, _breach(load, wait, left, capacity.per_hour - arriving))
    return found


def _breach(load: LaneLoad, wait: float | None, left: float, spare: float) -> float | None:
    if load.open and load.oldest_seconds >= load.target_seconds:
        return 0.0
    if load.open and (wait is None or load.oldest_seconds + wait > load.target_seconds):
        return load.target_seconds - load.oldest_seconds
    if load.arriving_per_hour <= 0:
        return None
    if wait is None or left <= 0:
        return load.target_seconds
    if spare >= 0:
        return None
    # The wait of a new case grows by -spare / left seconds a second; the first whose wait is too long is late after it.
    return max(load.target_seconds - wait, 0.0) * left / -spare + load.target_seconds


def burn_rate(late: int, answered: int, *, objective: float = OBJECTIVE) -> float:
    """How fast the budget of late answers burns: 1 uses it up exactly. late: answered late, or waiting and late already.
    answered: all that were answered, and those that wait and are late."""
    if answered <= 0:
        return 0.0
    return (late / answered) / (1.0 - objective)


def lanes_without_gaps(figures: Mapping[str, LaneLoad], targets: Mapping[str, float]) -> list[LaneLoad]:
    """All lanes in their order, those where nothing waits too."""
    return [figures.get(lane, LaneLoad(lane, 0, 0.0, targets[lane], 0.0)) for lane in sorted(targets)]
