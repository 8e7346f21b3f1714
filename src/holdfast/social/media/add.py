"""Use case: a member uploads something."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ..accounts import Actor
from . import queries, store
from .errors import QuotaSpent
from .events import MediaTaken
from .model import MediaLimits, Purpose, TakenMedia


async def add_media(
    tx: Tx, actor: Actor, taken: TakenMedia, *, limits: MediaLimits, description: str = "",
    focus: tuple[float, float] | None = None, now: Instant,
) -> int:  # fmt: skip
    """Enter an upload that was taken and return its id. Raises QuotaSpent."""
    if (
        limits.quota_bytes
        and await queries.used_bytes(tx, actor.account_id) + taken.size_bytes > limits.quota_bytes
    ):
        raise QuotaSpent
    media_id = new_id(now)
    await store.insert_media(
        tx, media_id, actor.account_id, taken,
        purpose=Purpose.ATTACHMENT, description=description, focus=focus, now=now,
    )  # fmt: skip
    if taken.source_hash is not None:
        tx.emit(MediaTaken(media_id))
    return media_id
