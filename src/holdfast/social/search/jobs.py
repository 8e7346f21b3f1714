"""Reaction to events of posts: what is shown can be found, what is hidden cannot."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ..posts import PostEdited, PostHeld, PostPublished
from .store import index_posts


async def index_post(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostPublished, PostEdited, PostHeld (as JSON): the index says what the post says now."""
    event = msgspec.json.decode(payload, type=PostPublished | PostEdited | PostHeld)
    await index_posts(tx, [event.post_id])
