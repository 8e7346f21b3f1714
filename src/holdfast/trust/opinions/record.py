"""Use case: what came back is recorded. It changes no verdict and no post: a person decides."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...screening.opinions import Reading
from . import store
from .model import OpinionRequest


async def record_reading(
    tx: Tx, request: OpinionRequest, reading: Reading, *, seconds: float, now: Instant
) -> bool:
    """Add the answer or the failure; False when the post was deleted meanwhile and nothing is kept."""
    return await store.insert_opinion(tx, request, reading, seconds, now)
