"""Every statement that writes the table `sessions`."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import USER_AGENT_CHARACTERS, Device, SessionLimits


async def insert_session(
    tx: Tx,
    session_id: int,
    account_id: int,
    secret_hash: bytes,
    device: Device,
    *,
    now: Instant,
    expires_at: Instant,
) -> None:
    """A new session."""
    await tx.execute(
        "insert into sessions (id, account_id, secret_hash, user_agent, ip, created_at, last_used_at, expires_at)"
        " values ($1, $2, $3, $4, $5::text::inet, $6, $6, $7)",
        session_id, account_id, secret_hash, device.user_agent[:USER_AGENT_CHARACTERS], device.ip, now, expires_at,
    )  # fmt: skip


async def delete_session(tx: Tx, account_id: int, session_id: int) -> bool:
    """Remove one session of an account; whether it was there."""
    deleted = await tx.execute(
        "delete from sessions where id = $1 and account_id = $2", session_id, account_id
    )
    return deleted > 0


async def delete_sessions(tx: Tx, account_id: int, *, but: int | None) -> int:
    """Remove an account's sessions, all but one if `but` names it; how many."""
    return await tx.execute(
        "delete from sessions where account_id = $1 and ($2::bigint is null or id <> $2)", account_id, but
    )


async def mark_used(tx: Tx, session_id: int, *, limits: SessionLimits, now: Instant) -> Instant | None:
    """Remember when a session was last used and put off its end; the new end, None when it is gone."""
    ends: Instant | None = await tx.fetchval(
        "update sessions set last_used_at = greatest(last_used_at, $2),"
        " expires_at = least(created_at + make_interval(days => $3::int), $2 + make_interval(days => $4::int))"
        " where id = $1 returning expires_at",
        session_id, now, limits.lifetime_days, limits.idle_days,
    )  # fmt: skip
    return ends


async def purge_expired_sessions(tx: Tx, *, now: Instant) -> int:
    """Remove what no longer opens anything; how many. Run periodically."""
    return await tx.execute("delete from sessions where expires_at <= $1", now)
