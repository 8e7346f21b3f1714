"""Use case: a stamp came and was checked; it is kept."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from . import store
from .model import StampOrder, TimeStamp
from .tokens import Reply


async def record_stamp(
    tx: Tx, order: StampOrder, reply: Reply, *, origin: str, size: int, note: bytes, authority: str, now: Instant
) -> TimeStamp:  # fmt: skip
    """Keep it with the checkpoint (`note`, of tree size `size`) that it is on."""
    stamp = TimeStamp(
        new_id(now), origin, size, note, authority, reply.body, reply.stamped_at, order.reason, order.record_id, now
    )  # fmt: skip
    await store.insert_stamp(tx, stamp)
    return stamp
