"""Use case: those who run the place take an emoji out."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .errors import EmojiNotVisible


async def remove_emoji(tx: Tx, shortcode: str) -> None:
    """Where it was written its shortcode stands from now on. Raises EmojiNotVisible."""
    shortcode = shortcode.strip().removeprefix(":").removesuffix(":")
    if not await store.delete_emoji(tx, shortcode):
        raise EmojiNotVisible(shortcode)
    tx.touch(Kind.EMOJIS)
