"""Every statement that writes markers."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx


async def save_marker(tx: Tx, account_id: int, timeline: str, last_read_id: str, now: Instant) -> None:
    """Set a marker; its version counts the changes."""
    await tx.execute(
        "insert into markers as m (account_id, timeline, last_read_id, updated_at) values ($1, $2, $3, $4)"
        " on conflict (account_id, timeline) do update set last_read_id = excluded.last_read_id,"
        " version = m.version + 1, updated_at = excluded.updated_at",
        account_id, timeline, last_read_id, now,
    )  # fmt: skip
