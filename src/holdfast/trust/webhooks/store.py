"""Every statement that writes webhooks."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx


async def insert_webhook(
    tx: Tx, webhook_id: int, url: str, events: list[str], sealed: bytes, now: Instant
) -> None:
    """A new one."""
    await tx.execute(
        "insert into webhooks (id, url, events, secret, created_at) values ($1, $2, $3, $4, $5)",
        webhook_id, url, events, sealed, now,
    )  # fmt: skip


async def delete_webhook(tx: Tx, webhook_id: int) -> bool:
    """Whether it was there."""
    return await tx.execute("delete from webhooks where id = $1", webhook_id) > 0


async def mark_arrived(tx: Tx, webhook_id: int) -> None:
    """A call arrived: whatever failed before is forgotten, and it is on."""
    await tx.execute(
        "update webhooks set enabled = true, failing_since = null, last_error = null"
        " where id = $1 and (failing_since is not null or not enabled)",
        webhook_id,
    )


async def mark_failed(tx: Tx, webhook_id: int, why: str, *, give_up_before: Instant, now: Instant) -> bool:
    """A call failed; whether it was switched off, because none has arrived since before `give_up_before`."""
    row = await tx.fetchrow(
        "update webhooks set failing_since = coalesce(failing_since, $2), last_error = left($3, 500),"
        " enabled = enabled and coalesce(failing_since, $2) > $4 where id = $1 returning enabled",
        webhook_id, now, why, give_up_before,
    )  # fmt: skip
    return row is not None and not row["enabled"]
