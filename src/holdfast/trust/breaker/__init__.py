"""The breaker of the backlog: when more comes in than can be answered in time, the place slows down by stages, says so to
everybody, and goes back by itself. It never deletes."""

from .errors import NewAccountsRead, SpreadSlowed, StagesNotUsable
from .events import BreakerMoved
from .model import (
    BreakerPolicy,
    Cause,
    LaneReading,
    Measure,
    Move,
    PostTraits,
    Stage,
    State,
    is_new,
    must_wait,
    step,
)
from .policy import read_stages, shipped_stages, stages_of, usable_stages
from .reader import NOTHING, BreakerReader, BreakerStep, InForce, breaker_steps, in_force, state_of
from .watch import PAUSE_HOURS_MOST, pause, watch

__all__ = [
    "NOTHING", "PAUSE_HOURS_MOST", "BreakerMoved", "BreakerPolicy", "BreakerReader", "BreakerStep", "Cause", "InForce",
    "LaneReading", "Measure", "Move", "NewAccountsRead", "PostTraits", "SpreadSlowed", "Stage", "StagesNotUsable", "State",
    "breaker_steps", "in_force", "is_new", "must_wait", "pause", "read_stages", "shipped_stages", "stages_of", "state_of",
    "step", "usable_stages", "watch",
]  # fmt: skip
