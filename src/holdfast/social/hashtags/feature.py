"""Use case: a hashtag stands on the profile."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import HashtagInvalid
from .model import FeaturedTag, name_of
from .queries import featured_tag


async def feature_tag(tx: Tx, actor: Actor, name: str, *, most: int, now: Instant) -> FeaturedTag:
    """Feature, once however often; `most` is the setting `featured_tags_max`. Raises HashtagInvalid."""
    key, written = name_of(name)
    await store.lock_owner(tx, actor.account_id)
    await store.insert_featured(tx, actor.account_id, await store.ensure_tag(tx, key, written, now), now)
    if await store.count_featured(tx, actor.account_id) > most:
        raise HashtagInvalid("ERR_TAKEN", f"is one too many: you feature {most} hashtags, remove one first")
    return await featured_tag(tx, actor.account_id, key)
