"""Use case: what a worker made of a video, a sound or an animation."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .model import TakenMedia


async def finish_media(tx: Tx, media_id: int, taken: TakenMedia | None, *, problem: str = "") -> None:
    """Enter what came of it; None: nothing did, and `problem` says why. Does nothing for one that is gone."""
    if taken is None:
        await store.fail(tx, media_id, problem)
    else:
        await store.finish(tx, media_id, taken)
    post_id = await tx.fetchval("select post_id from media where id = $1", media_id)
    if post_id is not None:
        tx.touch(Kind.POST, post_id)
