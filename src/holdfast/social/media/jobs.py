"""Reactions of uploads. `payload` is the event as JSON."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from ...records.holds import HoldReleased, Subject, ran, released_erasures
from .store import delete_released

_AT_ONCE = 200


async def finish_discards(tx: Tx, payload: bytes, now: Instant) -> None:
    """HoldReleased: uploads that were removed while it kept them go, a bounded part at a time."""
    hold_id = msgspec.json.decode(payload, type=HoldReleased).hold_id
    ids = await released_erasures(tx, Subject.MEDIA, hold_id, limit=_AT_ONCE)
    await delete_released(tx, ids)
    await ran(tx, Subject.MEDIA, ids)
    if len(ids) == _AT_ONCE:
        tx.enqueue(NewJob("finish_discards", payload))
