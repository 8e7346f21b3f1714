"""Use case: a post has no card any more."""

from __future__ import annotations

from ...platform.db import Tx
from . import store


async def drop_card(tx: Tx, post_id: int) -> None:
    """The post has no link, or none that is asked for, any more."""
    await store.unlink_post(tx, post_id)
