"""Use case: a member puts an announcement away."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .queries import one_announcement


async def dismiss_announcement(tx: Tx, actor: Actor, announcement_id: int, *, now: Instant) -> None:
    """Do not show it to this member again; twice is once. Raises AnnouncementNotVisible."""
    await one_announcement(tx, actor.account_id, announcement_id, now=now)
    await store.insert_read(tx, announcement_id, actor.account_id)
