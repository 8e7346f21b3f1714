"""Use case: a post that waits is not published."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import ScheduledNotFound


async def cancel_post(tx: Tx, actor: Actor, post_id: int) -> None:
    """Raises ScheduledNotFound."""
    if not await store.delete(tx, post_id, actor.account_id):
        raise ScheduledNotFound
