"""Use case: no more notifications from a thread, or again."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from ..accounts import Actor


async def set_thread_mute(tx: Tx, actor: Actor, thread_id: int, on: bool) -> bool:
    """Whether that changed anything."""
    if on:
        changed = await tx.execute(
            "insert into thread_mutes (account_id, thread_id) values ($1, $2) on conflict do nothing",
            actor.account_id, thread_id,
        )  # fmt: skip
    else:
        changed = await tx.execute(
            "delete from thread_mutes where account_id = $1 and thread_id = $2", actor.account_id, thread_id
        )
    if changed:
        tx.touch(Kind.MARKS, actor.account_id)
    return changed > 0
