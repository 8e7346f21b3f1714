"""Use cases: have a checkpoint stamped, by the hour or now."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from .model import STAMP_CHECKPOINT, Reason, StampOrder

_BEFORE_EVERYTHING_ELSE = -1


async def stamp_now(tx: Tx, record_id: str | None = None, *, now: Instant) -> None:
    """Have a checkpoint that covers `record_id` (else the newest one) stamped as soon as there is one.

    An errand of this transaction does it, so nobody waits here; without an authority in the settings it does nothing.
    """
    order = StampOrder(Reason.URGENT, record_id)
    _enqueue(tx, order, now)


async def order_hourly(tx: Tx, now: Instant) -> None:
    """Have the newest checkpoint stamped. A periodic action."""
    _enqueue(tx, StampOrder(Reason.HOURLY), now)


def _enqueue(tx: Tx, order: StampOrder, now: Instant) -> None:
    tx.enqueue(
        NewJob(
            STAMP_CHECKPOINT, msgspec.json.encode(order), priority=_BEFORE_EVERYTHING_ELSE, run_at=now,
            unique_key=f"{STAMP_CHECKPOINT} {order.record_id or order.reason.value}",
        )
    )  # fmt: skip
