"""Reactions to holds that end. `payload` is the event as JSON."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from .store import forget_copies


async def forget_held_copies(tx: Tx, payload: bytes, now: Instant) -> None:
    """HoldReleased: copies of what was overwritten meanwhile go."""
    await forget_copies(tx)
