"""Use case: a post, or a boost, is deleted and gone from every surface."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from ...records.holds import Subject, park
from ..accounts import Actor
from ..media import release_post
from ..quotes import count_quote, quoting_posts
from . import store
from .errors import PostNotVisible
from .events import PostDeleted
from .model import PostState, PostView
from .queries import load_posts


async def delete_post(
    tx: Tx, actor: Actor, post_id: int, *, keep_media_at: Instant | None = None
) -> PostView:
    """Delete the author's own post and return what it was, for a redraft.

    Its uploads go with it. With `keep_media_at`, the time now, they are kept for a while for a redraft, under new
    addresses; those that were shown with the post lead nowhere either way. What a legal hold keeps stays, seen by nobody.
    Raises PostNotVisible also for posts of others: a stranger learns nothing from the answer.
    """
    # The counters first: who deletes a whole thread at once must not wait for oneself in a circle.
    await tx.execute("select 1 from account_counts where account_id = $1 for update", actor.account_id)
    await tx.execute("select 1 from posts where id = $1 for update", post_id)
    post = (await load_posts(tx, [post_id])).get(post_id)
    if post is None or post.account_id != actor.account_id or post.state is PostState.KEPT:
        raise PostNotVisible
    await _forget_boosts(tx, post_id)
    if post.boost_of_id is not None:
        await tx.execute(
            "update post_counts set boosts = greatest(boosts - 1, 0) where post_id = $1", post.boost_of_id
        )
        tx.touch(Kind.POST, post.boost_of_id)
        tx.touch(Kind.MARKS, actor.account_id)
    if post.state is PostState.VISIBLE:
        await store.count_post(tx, post.account_id, post.in_reply_to_id, -1)
        await count_quote(tx, post_id, -1)
    for quoting_id in await quoting_posts(tx, post_id):
        tx.touch(Kind.POST, quoting_id)
    tag_ids = tuple(
        row[0] for row in await tx.fetch("select tag_id from post_tags where post_id = $1", post_id)
    )
    for tag_id in tag_ids:
        tx.touch(Kind.TAG, tag_id)
    for row in await tx.fetch("select id from posts where in_reply_to_id = $1", post_id):
        tx.touch(Kind.POST, row[0])
    for row in await tx.fetch("select distinct account_id from notifications where post_id = $1", post_id):
        tx.touch(Kind.NOTIFICATIONS, row[0])
    if await park(tx, Subject.POST, [post_id], asked_by="post_deletion"):
        await store.keep_hidden(tx, post_id)
    else:
        await release_post(tx, post_id, keep_at=keep_media_at)
        await store.delete_post(tx, post_id)
    store.announce(tx, actor.account_id, post_id, post.visibility, None)
    if post.in_reply_to_id is not None:
        tx.touch(Kind.POST, post.in_reply_to_id)
    named = tuple(mention.account_id for mention in post.mentions)
    tx.emit(PostDeleted(post_id, actor.account_id, post.visibility.value, tag_ids, named))
    return post


async def _forget_boosts(tx: Tx, post_id: int) -> None:
    """The boosts go with the post; those who boosted are counted and told apart no longer."""
    rows = await tx.fetch(
        "delete from posts where boost_of_id = $1 returning id, account_id, visibility", post_id
    )
    if not rows:
        return
    await tx.execute(
        "update account_counts set posts = greatest(posts - 1, 0) where account_id in ("
        " select account_id from account_counts where account_id = any($1::bigint[]) order by 1 for update)",
        [row["account_id"] for row in rows],
    )
    for row in rows:
        tx.emit(PostDeleted(row["id"], row["account_id"], row["visibility"]))
        tx.touch(Kind.POST, row["id"])
        for kind in (Kind.AUTHORED, Kind.ACCOUNT, Kind.MARKS):
            tx.touch(kind, row["account_id"])
