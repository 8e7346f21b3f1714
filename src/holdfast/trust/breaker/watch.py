"""Use cases: the breaker looks at the backlog, and the staff lets it pause. Every stage is in the log and in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.errors import Invalid
from ...pure.permissions import Permission
from ...records import ledger
from ..staff_actions import CLOCK, Staff, Subject, SubjectKind, Why, record_action
from . import store
from .events import BreakerMoved
from .model import BreakerPolicy, Cause, LaneReading, Move, State, step

PAUSE_HOURS_MOST: Final = 168
_REASON_CHARACTERS: Final = 1000


async def watch(tx: Tx, policy: BreakerPolicy, readings: Sequence[LaneReading], *, now: Instant) -> Move:
    """One look; a periodic action of the workers."""
    before = await store.lock_state(tx, policy.reference, now)
    move = step(policy, before, readings, now)
    if move.cause is not None:
        await _record(tx, policy, CLOCK, before, move, readings=readings, now=now)
    if move.state != before:
        await store.save_state(tx, move.state, policy.reference)
    return move


async def pause(
    tx: Tx, staff: Staff, policy: BreakerPolicy, *, hours: int, reason: str, now: Instant
) -> State:
    """Leave whatever stage it is in, and enter none for so long; 0 hours: end a pause.

    Raises RoleLacks, Invalid.
    """
    staff.require(Permission.MANAGE_SETTINGS)
    if not 0 <= hours <= PAUSE_HOURS_MOST or not reason.strip() or len(reason) > _REASON_CHARACTERS:
        raise Invalid(
            f"hours must be 0 to {PAUSE_HOURS_MOST}, and reason 1 to {_REASON_CHARACTERS} characters for the log"
        )
    before = await store.lock_state(tx, policy.reference, now)
    until = now + timedelta(hours=hours) if hours else None
    after = State(0, now if before.stage else before.since, paused_until=until)
    await _record(tx, policy, staff, before, Move(after, Cause.STAFF), reason=reason.strip(), now=now)
    await store.save_state(tx, after, policy.reference)
    return after


async def _record(
    tx: Tx, policy: BreakerPolicy, staff: Staff, before: State, move: Move, *, readings: Sequence[LaneReading] = (),
    reason: str = "", now: Instant,
) -> None:  # fmt: skip
    after, cause = move.state, move.cause or Cause.STAFF
    entered = after.stage > before.stage
    name = policy.name_of(after.stage)
    figures = msgspec.to_builtins(list(readings))
    public: dict[str, str | int] = {
        "state": name, "stage": after.stage, "from": before.stage, "cause": cause.value, "policy": policy.reference,
        "automation": "full" if staff is CLOCK else "none",
    }  # fmt: skip
    lane = after.lane or before.lane
    if lane is not None:
        public["lane"] = lane
    record_id = await ledger.append(
        tx, ledger.Entry(kind=ledger.Kind.BREAKER, public=public, private={"lanes": figures, "reason": reason}),
        now=now,
    )  # fmt: skip
    verb = "breaker.enter" if entered else "breaker.pause" if cause is Cause.STAFF else "breaker.leave"
    await record_action(
        tx, staff, verb, Subject(SubjectKind.BREAKER, None, "backlog"), why=Why(reason), now=now, record_id=record_id,
        from_stage=before.stage, to_stage=after.stage, stage=name, cause=cause.value, measures=sorted(policy.measures_at(after.stage)),
    )  # fmt: skip
    await store.insert_step(
        tx, before.stage, after, name=name, cause=cause.value, policy=policy.reference, figures=figures,
        record_id=record_id, now=now,
    )  # fmt: skip
    tx.emit(BreakerMoved(before.stage, after.stage))
