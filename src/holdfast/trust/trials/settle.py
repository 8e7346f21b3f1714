"""Use cases: a trial is taken by whoever does it, and what came of it is kept."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from . import store
from .errors import TrialNotThere
from .model import Trial, TrialState
from .queries import get_trial


async def take_trial(tx: Tx, trial_id: int) -> Trial | None:
    """The trial, which is under way from now on; None when it is over or gone. One that was left half done is done anew."""
    try:
        found = await get_trial(tx, trial_id)
    except TrialNotThere:
        return None
    if found.state in (TrialState.DONE, TrialState.FAILED):
        return None
    await store.mark_running(tx, trial_id)
    return found


async def settle_trial(
    tx: Tx, trial_id: int, *, result: str | None = None, problem: str = "", now: Instant
) -> None:
    """Keep what came of it: the simulation as JSON, or why there is none."""
    state = TrialState.FAILED if result is None else TrialState.DONE
    await store.set_result(tx, trial_id, state, result=result, problem=problem, now=now)
