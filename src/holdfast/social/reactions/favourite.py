"""Use case: favourite a post, or take that back."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ..accounts import Actor
from .events import PostFavourited, PostUnfavourited


async def set_favourite(tx: Tx, actor: Actor, post_id: int, on: bool, *, now: Instant) -> bool:
    """Whether that changed anything; the counter follows exactly."""
    tx.relaxed()
    if on:
        changed = await tx.execute(
            "insert into favourites (id, account_id, post_id) values ($1, $2, $3) on conflict do nothing",
            new_id(now), actor.account_id, post_id,
        )  # fmt: skip
    else:
        # As the insert does by its reference: a deletion of the post waits, or is waited for, before any row of ours.
        await tx.execute("select 1 from posts where id = $1 for key share", post_id)
        changed = await tx.execute(
            "delete from favourites where account_id = $1 and post_id = $2", actor.account_id, post_id
        )
    if not changed:
        return False
    await tx.execute(
        "update post_counts set favourites = greatest(favourites + $2, 0) where post_id = $1",
        post_id,
        1 if on else -1,
    )
    tx.touch(Kind.POST, post_id)
    tx.touch(Kind.MARKS, actor.account_id)
    if on:
        tx.emit(PostFavourited(post_id, actor.account_id))
    else:
        tx.emit(PostUnfavourited(post_id, actor.account_id))
    return True
