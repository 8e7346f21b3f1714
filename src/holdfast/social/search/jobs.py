"""Reaction to events of posts: what is shown can be found, what is hidden cannot."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ..cards import CardShown
from ..posts import PostEdited, PostHeld, PostPublished
from .store import index_posts


async def index_post(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostPublished, PostEdited, PostHeld (as JSON): the index says what the post says now."""
    event = msgspec.json.decode(payload, type=PostPublished | PostEdited | PostHeld)
    await index_posts(tx, [event.post_id])


async def index_carded(tx: Tx, payload: bytes, now: Instant) -> None:
    """CardShown (as JSON): the posts that link there have something embedded."""
    await index_posts(tx, list(msgspec.json.decode(payload, type=CardShown).post_ids))
