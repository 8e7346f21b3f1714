"""Use case: take a mute back."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from ..accounts import AccountId, Actor
from . import store


async def unmute_account(tx: Tx, actor: Actor, target: AccountId) -> bool:
    """Unmute; whether there was a mute."""
    was = await store.delete_mute(tx, actor.account_id, target)
    if was:
        tx.touch(Kind.RELATIONS, actor.account_id)
    return was
