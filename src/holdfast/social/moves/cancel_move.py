"""Use case: an account that moved points nowhere again."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store


async def cancel_move(tx: Tx, actor: Actor) -> bool:
    """Whether it pointed anywhere; followers that moved stay where they are."""
    return await store.unset_moved(tx, actor.account_id)
