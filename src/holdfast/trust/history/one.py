"""Single stored posts, with the facts of when they were written."""

from __future__ import annotations

from collections.abc import Iterable

from ...platform.db import Reader
from .model import Range, StoredPost
from .reader import History


async def stored_posts(reader: Reader, ids: Iterable[int]) -> list[StoredPost]:
    """Those that are there and are no boosts, in the order of their ids."""
    found: list[StoredPost] = []
    for post_id in sorted(set(ids)):
        async for page in History(reader, Range(post_id - 1, post_id), page_posts=1).pages():
            found += page.posts
    return found
