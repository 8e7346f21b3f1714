"""Every statement that writes what members do not want suggested."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx


async def insert_dismissed(tx: Tx, account_id: int, target_id: int, now: Instant) -> None:
    """Remember; twice is once."""
    await tx.execute(
        "insert into dismissed_suggestions (account_id, target_id, at) values ($1, $2, $3) on conflict do nothing",
        account_id, target_id, now,
    )  # fmt: skip
