"""Use case: a person decides about a post that was held, or takes a visible one away, or gives it back."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from ..quotes import count_quote, settle_quote
from . import store
from .errors import PostNotVisible
from .events import PostEdited, PostHidden, PostPublished
from .model import PostState
from .queries import load_posts


async def decide_post(tx: Tx, post_id: int, state: PostState) -> bool:
    """Move a post to VISIBLE, HELD or WITHDRAWN; whether that changed anything.

    A released post is published as if it had just been written: it is counted, indexed, and those it names are told.
    Raises PostNotVisible when there is no such post.
    """
    await tx.execute("select 1 from posts where id = $1 for update", post_id)
    post = (await load_posts(tx, [post_id])).get(post_id)
    if post is None or post.boost_of_id is not None:
        raise PostNotVisible
    if post.state is state:
        return False
    await store.set_state(tx, post_id, state)
    if state is PostState.VISIBLE:
        await store.count_post(tx, post.account_id, post.in_reply_to_id, 1)
        if post.quote is not None:
            await settle_quote(tx, post_id, post.account_id)
        tx.emit(PostPublished(post_id) if post.edited_at is None else PostEdited(post_id))
    elif post.state is PostState.VISIBLE:
        await store.count_post(tx, post.account_id, post.in_reply_to_id, -1)
        await count_quote(tx, post_id, -1)
    store.announce(tx, post.account_id, post_id, post.visibility, None)
    tag_ids = tuple(
        row[0] for row in await tx.fetch("select tag_id from post_tags where post_id = $1", post_id)
    )
    for tag_id in tag_ids:
        tx.touch(Kind.TAG, tag_id)
    if post.state is PostState.VISIBLE:
        named = tuple(mention.account_id for mention in post.mentions)
        tx.emit(PostHidden(post_id, post.account_id, post.visibility.value, tag_ids, named))
    if post.in_reply_to_id is not None:
        tx.touch(Kind.POST, post.in_reply_to_id)
    return True
