"""Use case: take a block back."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from ..accounts import AccountId, Actor
from . import store
from .events import AccountUnblocked


async def unblock_account(tx: Tx, actor: Actor, target: AccountId) -> bool:
    """Unblock; whether there was a block. Follows that it ended stay ended."""
    was = await store.delete_block(tx, actor.account_id, target)
    if was:
        tx.emit(AccountUnblocked(actor.account_id, target))
        tx.touch(Kind.RELATIONS, actor.account_id)
        tx.touch(Kind.RELATIONS, target)
    return was
