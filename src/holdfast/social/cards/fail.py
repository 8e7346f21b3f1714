"""Use case: an address gave no answer."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from . import store
from .model import CardLimits, asked_again_at


async def record_failure(tx: Tx, card_id: int, limits: CardLimits, *, now: Instant) -> Instant | None:
    """The address gave no answer; when to ask again, or None when it is given up. A card that there was stays."""
    failures = await store.record_nothing(tx, card_id, now, failed=True)
    return asked_again_at(failures, now, limits)
