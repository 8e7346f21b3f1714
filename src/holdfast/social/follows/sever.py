"""Use case: end every follow and request between two accounts; the first half of a block."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import AccountId, Actor
from . import store
from .events import FollowEnded, FollowRejected


async def sever_accounts(tx: Tx, actor: Actor, target: AccountId) -> None:
    """End both directions. Until the transaction ends no follow can begin between the two."""
    me = actor.account_id
    await store.lock_pair(tx, me, target)
    follows, requests = await store.delete_between(tx, me, target)
    for follower_id, followed_id in follows:
        tx.emit(FollowEnded(follower_id, followed_id))
    for follower_id, followed_id in requests:
        if followed_id == me:
            tx.emit(FollowRejected(follower_id, followed_id))
        else:
            tx.emit(FollowEnded(follower_id, followed_id, was_request=True))
    store.touch_pair(tx, me, target)
