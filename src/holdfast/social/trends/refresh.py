"""Use case: trends are computed anew. A periodic action of the workers."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from . import store
from .model import TrendKind, TrendLimits
from .queries import scores


async def refresh_trends(tx: Tx, limits: TrendLimits, *, now: Instant) -> None:
    """Count what many people used, favourited and boosted in the last days, the newest use the most."""
    await store.forget_reviews_of_nothing(tx)
    for kind in TrendKind:
        await store.replace_trends(tx, kind, await scores(tx, kind, limits, now))
