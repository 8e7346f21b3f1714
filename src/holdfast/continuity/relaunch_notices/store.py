"""Every statement that writes relaunch notices."""

from __future__ import annotations

from ...platform.db import Tx
from ...pure.relaunch_notices import RelaunchNotice


async def lock(tx: Tx) -> None:
    """One notice after the other."""
    await tx.execute("lock table relaunch_notices in exclusive mode")


async def insert_notice(tx: Tx, notice: RelaunchNotice, document: bytes) -> None:
    """A notice as it was signed."""
    await tx.execute(
        "insert into relaunch_notices (sequence, issued_at, document) values ($1, $2, $3)",
        notice.sequence,
        notice.issued_at,
        document,
    )
