"""Every statement that writes legal holds."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from .model import Subject


async def place_hold(tx: Tx, subject: Subject, subject_id: int, reason: str, *, now: Instant) -> int:
    """Keep a thing from being deleted until the hold is lifted; the id of the hold."""
    hold_id = new_id(now)
    await tx.execute(
        "insert into legal_holds (id, subject, subject_id, reason, placed_at) values ($1, $2, $3, $4, $5)",
        hold_id, subject.value, subject_id, reason, now,
    )  # fmt: skip
    return hold_id


async def lift_hold(tx: Tx, hold_id: int) -> bool:
    """End a hold; whether there was one."""
    return await tx.execute("delete from legal_holds where id = $1", hold_id) > 0
