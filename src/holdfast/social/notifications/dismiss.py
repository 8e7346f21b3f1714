"""Use case: a member dismisses one notification."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import NotificationNotVisible


async def dismiss_notification(tx: Tx, actor: Actor, notification_id: int) -> None:
    """It is not shown again; raises NotificationNotVisible when the actor has none with that id."""
    if not await store.dismiss(tx, actor.account_id, notification_id):
        raise NotificationNotVisible
