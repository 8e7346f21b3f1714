"""Use case: make somebody stop following the actor, without a block."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import AccountId, Actor
from . import store
from .events import FollowEnded


async def remove_follower(tx: Tx, actor: Actor, follower: AccountId) -> bool:
    """End the follow of the actor by `follower`; whether there was one."""
    me = actor.account_id
    await store.lock_pair(tx, me, follower)
    removed = await store.delete_follow(tx, follower, me)
    if removed:
        tx.emit(FollowEnded(follower, me))
        store.touch_pair(tx, me, follower)
    return removed
