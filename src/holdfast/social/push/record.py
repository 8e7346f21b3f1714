"""Use case: what became of a message is kept with its subscription."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from . import store
from .model import Delivery, Outcome


async def record_delivery(
    tx: Tx, sent: Delivery, outcome: Outcome, *, give_up_after: timedelta, now: Instant
) -> bool:
    """Whether the subscription is still there: it ends when its service says so, or takes nothing for too long."""
    if outcome is Outcome.TAKEN:
        await store.record_taken(tx, sent.subscription_id)
        return True
    if outcome is Outcome.DROPPED:
        return True
    failing_since = sent.failing_since or now
    if outcome is Outcome.GONE or now - failing_since > give_up_after:
        await store.delete(tx, sent.subscription_id, sent.endpoint)
        return False
    await store.record_failure(tx, sent.subscription_id, sent.endpoint, now)
    return True
