"""Every statement that writes blocks, mutes, notes and blocked domains."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx


async def insert_block(tx: Tx, ident: int, account_id: int, target_id: int) -> bool:
    """Whether it is new."""
    changed = await tx.execute(
        "insert into blocks (id, account_id, target_id) values ($1, $2, $3) on conflict do nothing",
        ident, account_id, target_id,
    )  # fmt: skip
    return changed > 0


async def delete_block(tx: Tx, account_id: int, target_id: int) -> bool:
    """Whether there was one."""
    changed = await tx.execute(
        "delete from blocks where account_id = $1 and target_id = $2", account_id, target_id
    )
    return changed > 0


async def put_mute(
    tx: Tx,
    ident: int,
    account_id: int,
    target_id: int,
    *,
    hide_notifications: bool,
    expires_at: Instant | None,
) -> None:
    """Set a mute, or what it says."""
    await tx.execute(
        "insert into mutes (id, account_id, target_id, hide_notifications, expires_at) values ($1, $2, $3, $4, $5)"
        " on conflict (account_id, target_id) do update"
        " set hide_notifications = excluded.hide_notifications, expires_at = excluded.expires_at",
        ident, account_id, target_id, hide_notifications, expires_at,
    )  # fmt: skip


async def delete_mute(tx: Tx, account_id: int, target_id: int) -> bool:
    """Whether there was one."""
    changed = await tx.execute(
        "delete from mutes where account_id = $1 and target_id = $2", account_id, target_id
    )
    return changed > 0


async def put_note(tx: Tx, account_id: int, target_id: int, note: str) -> None:
    """Set a private note; an empty one is none."""
    if note:
        await tx.execute(
            "insert into account_notes (account_id, target_id, note) values ($1, $2, $3)"
            " on conflict (account_id, target_id) do update set note = excluded.note",
            account_id, target_id, note,
        )  # fmt: skip
    else:
        await tx.execute(
            "delete from account_notes where account_id = $1 and target_id = $2", account_id, target_id
        )


async def insert_domain_block(tx: Tx, ident: int, account_id: int, domain: str) -> bool:
    """Whether it is new."""
    changed = await tx.execute(
        "insert into domain_blocks (id, account_id, domain) values ($1, $2, $3) on conflict do nothing",
        ident, account_id, domain,
    )  # fmt: skip
    return changed > 0


async def delete_domain_block(tx: Tx, account_id: int, domain: str) -> bool:
    """Whether there was one."""
    changed = await tx.execute(
        "delete from domain_blocks where account_id = $1 and domain = $2", account_id, domain
    )
    return changed > 0
