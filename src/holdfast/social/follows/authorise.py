"""Use case: let somebody follow who asked."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ..accounts import AccountId, Actor
from ..graph import RequestNotFound, standing
from . import store
from .events import FollowAccepted


async def authorise_request(tx: Tx, actor: Actor, requester: AccountId, *, now: Instant) -> None:
    """Turn the request of `requester` to the actor into a follow with the options it asked for.

    Raises RequestNotFound when there is none to the actor, AccountNotVisible when the requester is hidden by now.
    """
    me = actor.account_id
    await store.lock_pair(tx, me, requester)
    await standing(tx, me, requester)
    options = await store.take_request(tx, requester, me)
    if options is None:
        raise RequestNotFound
    await store.insert_follow(tx, new_id(now), requester, me, options)
    tx.emit(FollowAccepted(requester, me))
    store.touch_pair(tx, me, requester)
