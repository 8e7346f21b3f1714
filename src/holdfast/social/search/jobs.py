"""Reaction to events of posts: what is shown can be found, what is hidden cannot."""

from __future__ import annotations

from typing import TypedDict

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ..cards import CardShown
from ..posts import PostEdited, PostHeld, PostPublished, PostReachChanged
from .store import index_posts


class StoredPosts(TypedDict):
    """Posts that a migration wants indexed anew."""

    post_ids: list[int]


async def index_stored(tx: Tx, payload: bytes, now: Instant) -> None:
    """StoredPosts (as JSON), which no event tells of: what the index holds of a post has changed its form."""
    await index_posts(tx, msgspec.json.decode(payload, type=StoredPosts)["post_ids"])


async def index_post(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostPublished, PostEdited, PostHeld, PostReachChanged (as JSON): the index says what the post says now."""
    event = msgspec.json.decode(payload, type=PostPublished | PostEdited | PostHeld | PostReachChanged)
    await index_posts(tx, [event.post_id])


async def index_carded(tx: Tx, payload: bytes, now: Instant) -> None:
    """CardShown (as JSON): the posts that link there have something embedded."""
    await index_posts(tx, list(msgspec.json.decode(payload, type=CardShown).post_ids))
