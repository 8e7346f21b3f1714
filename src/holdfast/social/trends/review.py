"""Use case: the staff says whether something may trend. Who may say so, and the record of it, is `trust`'s."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from . import store
from .errors import TrendNotVisible
from .model import Trend, TrendKind
from .queries import can_be_reviewed, stands


async def review_trend(tx: Tx, kind: TrendKind, subject_id: int, *, allowed: bool, now: Instant) -> Trend:
    """Approve or reject, whether it trends now or not; how it stands then. Raises TrendNotVisible."""
    if not await can_be_reviewed(tx, kind, subject_id):
        raise TrendNotVisible
    await store.record_review(tx, kind, subject_id, allowed, now)
    return (await stands(tx, kind, [subject_id]))[subject_id]
