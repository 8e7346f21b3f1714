"""Use case: a member answers an announcement with an emoji."""

from __future__ import annotations

import re

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.graphemes import is_emoji
from ..accounts import Actor
from . import store
from .errors import ReactionInvalid
from .events import AnnouncementReacted
from .queries import one_announcement

_SHORTCODE = re.compile(r"[A-Za-z0-9_]{1,100}")


async def react_to_announcement(
    tx: Tx, actor: Actor, announcement_id: int, name: str, *, most: int, now: Instant
) -> None:
    """Add a reaction: an emoji, or the shortcode of one of this server's; twice is once.

    most: the setting `announcement_reactions_max`. Raises AnnouncementNotVisible, ReactionInvalid.
    """
    await store.lock(tx, announcement_id)
    found = await one_announcement(tx, actor.account_id, announcement_id, now=now)
    used = {one.name: one for one in found.reactions}
    if name in used and used[name].me:
        return
    custom = _SHORTCODE.fullmatch(name) is not None and await store.is_custom_emoji(tx, name)
    if not custom and not is_emoji(name):
        raise ReactionInvalid("is not an emoji of this server, nor a Unicode emoji")
    if name not in used and len(used) >= most:
        raise ReactionInvalid(f"is one too many: an announcement has at most {most} different reactions")
    emoji_id = await store.insert_reaction(tx, announcement_id, actor.account_id, name, now)
    tx.emit(AnnouncementReacted(announcement_id, emoji_id))
