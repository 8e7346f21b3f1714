"""Use case: holds whose time is over are released."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...records.holds import lapsed_holds
from ..staff_actions import CLOCK
from .release import release


async def lapse_holds(tx: Tx, now: Instant) -> None:
    """Release them; a periodic action of the workers. Until it runs they hold: too long is better than too short."""
    for hold_id in await lapsed_holds(tx, now):
        await release(tx, CLOCK, hold_id, reason="its time is over", now=now, outcome="lapsed")
