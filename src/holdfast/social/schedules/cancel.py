"""Use case: a post that waits is not published."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor
from ..media import release_scheduled
from . import store
from .errors import ScheduledNotFound


async def cancel_post(tx: Tx, actor: Actor, post_id: int, *, now: Instant) -> None:
    """Its uploads are kept for a while, for another post. Raises ScheduledNotFound."""
    if not await store.delete(tx, post_id, actor.account_id):
        raise ScheduledNotFound
    await release_scheduled(tx, post_id, now)
