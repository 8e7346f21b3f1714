"""Use case: somebody says how they want to see cases."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from . import store
from .model import Preferences, checked


async def set_preferences(tx: Tx, account_id: int, wanted: Preferences, *, now: Instant) -> Preferences:
    """Keep it; what is kept. Nobody else is told. Raises Invalid."""
    kept = checked(wanted)
    await store.save_preferences(tx, account_id, kept, now)
    return kept
