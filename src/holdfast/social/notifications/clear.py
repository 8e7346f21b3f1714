"""Use case: a member clears all notifications."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store


async def clear_notifications(tx: Tx, actor: Actor) -> None:
    """None that is there now is shown again."""
    tx.relaxed()
    await store.dismiss_all(tx, actor.account_id)
