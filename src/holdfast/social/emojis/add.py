"""Use case: those who run the place put in an emoji."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from ..media import TakenMedia
from . import store
from .model import checked_names


async def add_emoji(
    tx: Tx, shortcode: str, taken: TakenMedia, *, category: str | None = None, now: Instant
) -> str:
    """Put in a picture that was taken for an emoji, in place of the one of this shortcode; the shortcode as it is kept.

    What was written with it shows the new one. Raises EmojiInvalid.
    """
    shortcode, category = checked_names(shortcode, category)
    await store.put_emoji(tx, shortcode, category, taken.files, now)
    tx.touch(Kind.EMOJIS)
    return shortcode
