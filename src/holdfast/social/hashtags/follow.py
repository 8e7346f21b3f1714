"""Use case: a member follows a hashtag; its public posts come to the home timeline."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import HashtagInvalid
from .events import HashtagFollowed
from .model import name_of


async def follow_tag(tx: Tx, actor: Actor, name: str, *, most: int, now: Instant) -> None:
    """Follow, once however often; `most` is the setting `followed_tags_max`. Raises HashtagInvalid."""
    key, written = name_of(name)
    await store.lock_owner(tx, actor.account_id)
    await store.insert_follow(tx, actor.account_id, await store.ensure_tag(tx, key, written, now), now)
    if await store.count_follows(tx, actor.account_id) > most:
        raise HashtagInvalid("ERR_TAKEN", f"is one too many: you follow {most} hashtags, unfollow one first")
    tx.emit(HashtagFollowed(actor.account_id))
