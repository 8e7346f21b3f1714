"""Use case: a member no longer names another account as the own."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store


async def remove_alias(tx: Tx, actor: Actor, handle: str) -> bool:
    """Whether it was there."""
    return await store.delete_alias(tx, actor.account_id, handle)
