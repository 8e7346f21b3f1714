"""What a clock shows at a moment: its state, what is left, which warnings are out, when to look again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .clocks import (
    Clock,
    as_it_stood,
    breached_at,
    due_at,
    elapsed_share,
    known_at,
    moment_of_share,
    opens_at,
)
from .presets import Purpose


class ClockState(StrEnum):
    """Where a clock stands.

    OPEN_ENDED only counts up. OVER is a time of keeping that has passed, which is no breach. MET_LATE and BREACHED are never
    taken back.
    """

    RUNNING = "running"
    OPEN_ENDED = "open_ended"
    PAUSED = "paused"
    BREACHED = "breached"
    MET = "met"
    MET_LATE = "met_late"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was to be known at `now`.

    due_at: None while paused, and where the clock only counts up. share: 0 to 1. warned: the shares in percent that are
    reached. breached_at: also set when more time was given later. looks_next_at: the next moment at which the state or the
    warnings change by themselves.
    """

    state: ClockState
    due_at: datetime | None
    opens_at: datetime | None
    left: timedelta | None
    share: float | None
    warned: tuple[int, ...]
    breached_at: datetime | None
    looks_next_at: datetime | None


def state_at(clock: Clock, now: datetime, *, warn_percent: tuple[int, ...] = (50, 75, 90)) -> Reading:
    """The clock at `now`; what came later plays no part."""
    known = known_at(clock, now)
    due, share = due_at(known), elapsed_share(known, known.met_at or now)
    breached = breached_at(known, now) if clock.preset.purpose is Purpose.ACT else None
    state = _state(known, due, breached, now)
    # Of the end as it is known: with a pause that is open, as it was known when the clock stopped.
    standing, until = as_it_stood(known, known.met_at or now)
    moments = {one: moment_of_share(standing, one) for one in warn_percent}
    warned = tuple(one for one, at in moments.items() if at is not None and at <= until)
    waits = state is ClockState.RUNNING
    ahead = [at for at in (*moments.values(), due) if at is not None and at > now] if waits else []
    return Reading(
        state=state,
        due_at=due,
        opens_at=opens_at(known),
        left=max(timedelta(), due - now) if due is not None and waits else None,
        share=share,
        warned=warned,
        breached_at=breached,
        looks_next_at=min(ahead, default=None),
    )


def _state(known: Clock, due: datetime | None, breached: datetime | None, now: datetime) -> ClockState:
    if known.met_at is not None:
        return ClockState.MET_LATE if breached is not None else ClockState.MET
    if due is not None and now >= due:
        return ClockState.BREACHED if known.preset.purpose is Purpose.ACT else ClockState.OVER
    if known.pauses and known.pauses[-1].to is None:
        return ClockState.PAUSED
    return ClockState.OPEN_ENDED if due is None else ClockState.RUNNING
