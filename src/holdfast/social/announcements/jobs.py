"""A periodic action of the workers."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from . import store
from .events import AnnouncementPublished, AnnouncementRemoved


async def settle_announcements(tx: Tx, now: Instant) -> None:
    """Publish what is due, and tell open apps what is over."""
    for announcement_id in await store.end_over(tx, now):
        tx.emit(AnnouncementRemoved(announcement_id))
    for announcement_id in await store.publish_due(tx, now):
        tx.emit(AnnouncementPublished(announcement_id))
