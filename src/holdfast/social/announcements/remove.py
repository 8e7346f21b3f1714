"""Use case: an announcement is taken away, with what people answered."""

from __future__ import annotations

from ...platform.db import Tx
from . import store
from .errors import AnnouncementNotVisible
from .events import AnnouncementRemoved


async def remove_announcement(tx: Tx, announcement_id: int) -> None:
    """Delete it, whatever its state. Raises AnnouncementNotVisible."""
    if not await store.delete(tx, announcement_id):
        raise AnnouncementNotVisible
    tx.emit(AnnouncementRemoved(announcement_id))
