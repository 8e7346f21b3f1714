"""Use case: bookmark a post, or take that back; nobody else learns of it."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ..accounts import Actor


async def set_bookmark(tx: Tx, actor: Actor, post_id: int, on: bool, *, now: Instant) -> bool:
    """Whether that changed anything."""
    if on:
        changed = await tx.execute(
            "insert into bookmarks (id, account_id, post_id) values ($1, $2, $3) on conflict do nothing",
            new_id(now), actor.account_id, post_id,
        )  # fmt: skip
    else:
        changed = await tx.execute(
            "delete from bookmarks where account_id = $1 and post_id = $2", actor.account_id, post_id
        )
    if changed:
        tx.touch(Kind.MARKS, actor.account_id)
    return changed > 0
