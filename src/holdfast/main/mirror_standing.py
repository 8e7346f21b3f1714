"""What the rest of the server makes of the shipper's state: what may be signed, what is recorded, what everybody is told."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Final

from ..continuity.shipping import ShipperState, StateUnreadable, is_superseded, read_state
from ..platform.clock import Clock, Instant, SystemClock
from ..platform.db import Reader, Tx
from ..platform.jobs import Periodic
from ..pure.mirror import parse_lsn
from ..records import ledger
from ..records.sequencing import DurableHere
from .mirror_shipping import setup_file

_PATIENCE_SECONDS: Final = 3.0
_PAUSE_SECONDS: Final = 0.1
_RECORDED: Final = "mirror_durability"
_LAST: Final = "select value from facts where name = $1"
_KEEP: Final = (
    "insert into facts (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value"
)


class DurableAtMirror:
    """The ledger's sign barrier: what is signed is at the quorum, unless the server has said openly that it goes on without."""

    def __init__(self, data: Path, clock: Clock | None = None) -> None:
        self._data, self._clock = data, clock or SystemClock()
        self._here = DurableHere()

    async def durable(self, reader: Reader, position: str) -> bool:
        """See records.sequencing.DurableUpTo. False also for a server that was superseded: it signs nothing any more."""
        if is_superseded(self._data) or not await self._here.durable(reader, position):
            return False
        if not setup_file(self._data).exists():
            return True
        wanted = parse_lsn(position)
        for _ in range(int(_PATIENCE_SECONDS / _PAUSE_SECONDS)):
            state = state_of(self._data)
            if state is not None and (state.is_degraded or state.safe_lsn >= wanted):
                return True
            await asyncio.sleep(_PAUSE_SECONDS)
        return False


def state_of(data: Path) -> ShipperState | None:
    """The shipper's state; None where there is none, or none that can be read."""
    try:
        return read_state(data)
    except StateUnreadable:
        return None


def public_banner(data: Path) -> Instant | None:
    """Since when what is written here lies on this machine alone, for everybody to know; None while it does not, or where there is
    no mirror that could say so."""
    state = state_of(data) if setup_file(data).exists() else None
    return state.degraded_since if state is not None and state.is_degraded else None


def recording(data: Path) -> Periodic:
    """Periodic: that commits do not wait for the mirror, and that they do again, is on the record."""
    return partial(_record, data)


async def _record(data: Path, tx: Tx, now: Instant) -> None:
    state = state_of(data)
    if state is None or not setup_file(data).exists():
        return
    is_now = state.durability.value
    before = await tx.fetchval(_LAST, _RECORDED)
    # The first word of a mirror that works is nothing to record.
    if is_now == (before or "mirrored"):
        return
    lag = (now - state.degraded_since).total_seconds() if state.degraded_since else 0.0
    public = {
        "state": is_now,
        "cause": "log",
        "mirrors": len(state.stores),
        "lag_seconds": max(0, round(lag)),
    }
    await tx.execute(_KEEP, _RECORDED, is_now)
    await ledger.append(
        tx,
        ledger.Entry(kind=ledger.Kind.MIRROR_DEGRADED, public=public, private={"why": state.cause}),
        now=now,
    )
