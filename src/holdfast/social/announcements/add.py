"""Use case: something is announced, now or at a time."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.markup import clean_text
from . import store
from .events import AnnouncementPublished
from .model import NewAnnouncement


async def add_announcement(tx: Tx, new: NewAnnouncement, *, most_characters: int, now: Instant) -> int:
    """Publish at once, or when its time comes; returns its id. Raises AnnouncementInvalid."""
    new = msgspec.structs.replace(new, text=clean_text(new.text))
    new.check(most_characters=most_characters, now=now)
    at_once = new.publish_at <= now
    announcement_id = await store.insert(tx, new, published_at=now if at_once else None, now=now)
    if at_once:
        tx.emit(AnnouncementPublished(announcement_id))
    return announcement_id
