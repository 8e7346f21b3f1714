"""Use case: a member dismisses one notification, or a group of them."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import NotificationNotVisible
from .model import GroupKey


async def dismiss_notification(tx: Tx, actor: Actor, first_id: int, last_id: int | None = None) -> None:
    """It is not shown again: the one, or with a second id the first between both.

    Raises NotificationNotVisible when the actor has none there.
    """
    if not await store.dismiss(tx, actor.account_id, first_id, first_id if last_id is None else last_id):
        raise NotificationNotVisible


async def dismiss_group(tx: Tx, actor: Actor, group: GroupKey) -> None:
    """None of them is shown again; what comes later is. A group that is not there is dismissed already."""
    await store.dismiss_group(tx, actor.account_id, group)
