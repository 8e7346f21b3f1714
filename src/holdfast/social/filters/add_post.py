"""Use case: a filter names a single post."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import FilterInvalid
from .model import FilteredPost, FilterLimits
from .queries import one_filter


async def add_filter_post(
    tx: Tx, actor: Actor, filter_id: int, post_id: int, *, limits: FilterLimits, now: Instant
) -> FilteredPost:
    """Name a post that the actor sees (the caller asked the gate); naming it twice names it once.

    Raises FilterNotVisible, FilterInvalid at the cap.
    """
    await store.lock_owner(tx, actor.account_id)
    found = await one_filter(tx, actor.account_id, filter_id)
    known = next((one for one in found.posts if one.post_id == post_id), None)
    if known is not None:
        return known
    if len(found.posts) >= limits.posts:
        raise FilterInvalid(
            "status_id", "ERR_TOO_LONG", f"is one too many: a filter names {limits.posts} posts"
        )
    ident = await store.insert_post(tx, filter_id, post_id, now)
    store.announce(tx, actor.account_id)
    return FilteredPost(ident, post_id)
