"""Use case: block an account."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ..accounts import AccountId, Actor
from ..follows import sever_accounts
from ..graph import standing
from . import store
from .events import AccountBlocked


async def block_account(tx: Tx, actor: Actor, target: AccountId, *, now: Instant) -> bool:
    """Block, and end follows and requests both ways; whether the block is new.

    Raises AccountNotVisible, YourselfNotAllowed.
    """
    await standing(tx, actor.account_id, target)
    await sever_accounts(tx, actor, target)
    new = await store.insert_block(tx, new_id(now), actor.account_id, target)
    if new:
        tx.emit(AccountBlocked(actor.account_id, target))
    return new
