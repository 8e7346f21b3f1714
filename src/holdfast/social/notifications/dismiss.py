"""Use case: a member dismisses one notification, or a group of them."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import NotificationNotVisible
from .model import GroupKey


async def dismiss_notifications(tx: Tx, actor: Actor, which: GroupKey | tuple[int, int]) -> None:
    """They are not shown again: all of a group that there are now, or the first whose id lies between these two.

    Raises NotificationNotVisible when the actor has none there; a group that is not there is dismissed already.
    """
    tx.relaxed()
    if isinstance(which, GroupKey):
        await store.dismiss_group(tx, actor.account_id, which)
    elif not await store.dismiss(tx, actor.account_id, *which):
        raise NotificationNotVisible
