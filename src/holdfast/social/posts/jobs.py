"""Reactions of posts. `payload` is the event as JSON."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from ...records.holds import HoldReleased, Subject, ran, released_erasures
from .delete import erase_kept

_AT_ONCE = 50


async def finish_deletions(tx: Tx, payload: bytes, now: Instant) -> None:
    """HoldReleased: posts that were deleted while it kept them are erased, a bounded part at a time."""
    hold_id = msgspec.json.decode(payload, type=HoldReleased).hold_id
    ids = await released_erasures(tx, Subject.POST, hold_id, limit=_AT_ONCE)
    for post_id in ids:
        await erase_kept(tx, post_id)
    await ran(tx, Subject.POST, ids)
    if len(ids) == _AT_ONCE:
        tx.enqueue(NewJob("finish_deletions", payload))
