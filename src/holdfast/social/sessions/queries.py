"""Reads of sessions, for their owner."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader
from .model import SessionRow


async def list_sessions(reader: Reader, account_id: int, *, now: Instant) -> list[SessionRow]:
    """An account's sessions, the one used last first."""
    rows = await reader.fetch(
        "select id as session_id, user_agent, host(ip) as ip, created_at, last_used_at from sessions"
        " where account_id = $1 and expires_at > $2 order by last_used_at desc, id desc",
        account_id, now,
    )  # fmt: skip
    return [SessionRow(**dict(row)) for row in rows]
