"""Reads of moves."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader


async def aliases_of(reader: Reader, account_id: int) -> list[str]:
    """Handles of the other accounts of the same person, as they were given: `name`, or `name@domain`."""
    rows = await reader.fetch(
        "select handle from account_aliases where account_id = $1 order by created_at, handle", account_id
    )
    return [row[0] for row in rows]


async def move_of(reader: Reader, account_id: int) -> tuple[int | None, Instant | None]:
    """Where an account moved, and when it last did."""
    row = await reader.fetchrow("select moved_to_id, moved_at from accounts where id = $1", account_id)
    return (row["moved_to_id"], row["moved_at"]) if row else (None, None)
