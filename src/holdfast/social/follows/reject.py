"""Use case: turn down somebody who asked to follow."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import AccountId, Actor
from ..graph import RequestNotFound
from . import store
from .events import FollowRejected


async def reject_request(tx: Tx, actor: Actor, requester: AccountId) -> None:
    """Remove the request of `requester` to the actor; raises RequestNotFound when there is none."""
    me = actor.account_id
    await store.lock_pair(tx, me, requester)
    if await store.take_request(tx, requester, me) is None:
        raise RequestNotFound
    tx.emit(FollowRejected(requester, me))
    store.touch_pair(tx, me, requester)
