"""Reactions: what a decision does beyond the first part, and copies that come later. `payload` is JSON.

Each job does a bounded part and commits it together with its own end and the job for the next part: a worker that dies
in between has done nothing of its part, and the next one does it once.
"""

from __future__ import annotations

from typing import Final, TypedDict

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from ..cases import CopyArrived
from .inherit import inherit_decision
from .make import begin
from .queries import held_by, lock_decision
from .tell import release_statement
from .undo import go_back, undoer_of

PART: Final = 100
"""Effects that one job does."""


class Ungagged(TypedDict):
    """A notice that forbids nothing any more."""

    notice_id: int


class Settling(TypedDict):
    """A decision that is to be gone on with."""

    decision_id: int


async def settle_decision(tx: Tx, payload: bytes, now: Instant) -> None:
    """Settling (as JSON): the next part of what a decision does; nothing when it was taken back meanwhile."""
    decision = await lock_decision(tx, msgspec.json.decode(payload, type=Settling)["decision_id"])
    if decision.undone_at is None:
        await begin(tx, decision, now, most=PART)


async def settle_undo(tx: Tx, payload: bytes, now: Instant) -> None:
    """Settling (as JSON): the next part of what is taken back."""
    decision = await lock_decision(tx, msgspec.json.decode(payload, type=Settling)["decision_id"])
    role = "member"
    if decision.undone_by is not None:
        role = await tx.fetchval("select role from users where account_id = $1", decision.undone_by) or role
    await go_back(tx, decision, undoer_of(decision, role), now, most=PART)


async def decide_copy(tx: Tx, payload: bytes, now: Instant) -> None:
    """CopyArrived (as JSON): the decision about the first is for the copy too."""
    event = msgspec.json.decode(payload, type=CopyArrived)
    await inherit_decision(tx, event.decision_id, event.post_id, now=now)


async def tell_held(tx: Tx, payload: bytes, now: Instant) -> None:
    """GagEnded (as JSON): the next part of the statements that waited because of the notice."""
    notice_id = msgspec.json.decode(payload, type=Ungagged)["notice_id"]
    waiting = await held_by(tx, notice_id, PART)
    for decision_id, account_id in waiting:
        await release_statement(tx, decision_id, account_id, now)
    if len(waiting) == PART:
        tx.enqueue(NewJob(tell_held.__name__, payload, lock_key=f"notice {notice_id}"))
