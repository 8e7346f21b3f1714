"""Every statement that writes time stamps. None is ever changed or removed."""

from __future__ import annotations

from ...platform.db import Tx
from .model import TimeStamp


async def insert_stamp(tx: Tx, stamp: TimeStamp) -> None:
    """A new one."""
    await tx.execute(
        "insert into ledger_time_stamps (id, origin, size, note, authority, reply, stamped_at, reason, record_id, created_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        stamp.id, stamp.origin, stamp.size, stamp.note, stamp.authority, stamp.reply, stamp.stamped_at,
        stamp.reason.value, stamp.record_id, stamp.created_at,
    )  # fmt: skip
