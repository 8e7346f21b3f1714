"""Use case: a member follows a hashtag no longer."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .model import name_of


async def unfollow_tag(tx: Tx, actor: Actor, name: str) -> None:
    """One that is not followed is as good. Raises HashtagInvalid."""
    key, _ = name_of(name)
    await store.delete_follow(tx, actor.account_id, key)
