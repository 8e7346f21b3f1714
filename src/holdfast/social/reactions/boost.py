"""Use case: boost a post."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ...pure.errors import Invalid
from ..accounts import Actor
from ..posts import PostPublished, PostState, PostView, Visibility, announce
from .events import PostBoosted


async def boost_post(tx: Tx, actor: Actor, post: PostView, visibility: Visibility, *, now: Instant) -> int:
    """Boost a post that the actor sees; the id of the boost, the earlier one when there is one.

    Raises Invalid for a post that may not be passed on: direct, followers-only of somebody else,
    held or withdrawn, or that the staff limited in its reach.
    """
    own = post.account_id == actor.account_id
    closed = post.visibility is Visibility.DIRECT or (post.visibility is Visibility.PRIVATE and not own)
    if closed or post.state is not PostState.VISIBLE or (post.limited_reach and not own):
        raise Invalid("This post cannot be boosted")
    wide = max(visibility, post.visibility)
    boost_id = new_id(now)
    inserted = await tx.fetchval(
        "insert into posts (id, account_id, thread_id, boost_of_id, app_id, visibility, created_at)"
        " values ($1, $2, $3, $4, $5, $6, $7)"
        " on conflict (boost_of_id, account_id) where boost_of_id is not null do nothing returning id",
        boost_id, actor.account_id, boost_id, post.id, actor.app_id, wide.value, now,
    )  # fmt: skip
    if inserted is None:
        earlier: int = await tx.fetchval(
            "select id from posts where boost_of_id = $1 and account_id = $2", post.id, actor.account_id
        )
        return earlier
    await tx.execute("insert into post_counts (post_id) values ($1)", boost_id)
    await tx.execute(
        "update account_counts set posts = posts + 1, last_post_on = $2::timestamptz::date where account_id = $1",
        actor.account_id, now,
    )  # fmt: skip
    # After the account, as replies do it.
    await tx.execute("update post_counts set boosts = boosts + 1 where post_id = $1", post.id)
    announce(tx, actor.account_id, boost_id, Visibility(wide), None)
    tx.touch(Kind.POST, post.id)
    tx.touch(Kind.MARKS, actor.account_id)
    tx.emit(PostPublished(boost_id, direct=False))
    tx.emit(PostBoosted(boost_id, post.id, actor.account_id))
    return boost_id
