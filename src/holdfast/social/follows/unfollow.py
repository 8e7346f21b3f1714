"""Use case: stop following, or take a request back."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import AccountId, Actor
from . import store
from .events import FollowEnded


async def unfollow_account(tx: Tx, actor: Actor, target: AccountId) -> bool:
    """End the actor's follow of, and request to, `target`; whether there was one."""
    me = actor.account_id
    await store.lock_pair(tx, me, target)
    followed = await store.delete_follow(tx, me, target)
    requested = await store.take_request(tx, me, target) is not None
    if followed or requested:
        tx.emit(FollowEnded(me, target, was_request=not followed))
        store.touch_pair(tx, me, target)
    return followed or requested
