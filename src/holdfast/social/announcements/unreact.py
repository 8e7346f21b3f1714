"""Use case: a member takes a reaction back."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .events import AnnouncementReacted
from .queries import one_announcement


async def unreact_to_announcement(
    tx: Tx, actor: Actor, announcement_id: int, name: str, *, now: Instant
) -> None:
    """Take it back; one that was not given is as good. Raises AnnouncementNotVisible."""
    found = await one_announcement(tx, actor.account_id, announcement_id, now=now)
    for one in found.reactions:
        if one.name == name and one.me:
            await store.delete_reaction(tx, one.emoji_id, actor.account_id)
            tx.emit(AnnouncementReacted(announcement_id, one.emoji_id))
