"""What clocks show by themselves is noted: shares that are gone, ends that came."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import Look, NoticeClock, look, reckoned
from .queries import clocks_to_look_at
from .store import update_clock

AT_ONCE = 200
"""Clocks of one run."""


class Noted(msgspec.Struct, frozen=True):
    """A clock and what is new about it."""

    clock: NoticeClock
    look: Look


async def looks_due(tx: Tx, *, now: Instant, limit: int = AT_ONCE) -> list[Noted]:
    """Clocks of which something is new, locked with their notices. `note_look` says that it was told."""
    found = []
    for clock in await clocks_to_look_at(tx, now, limit=limit):
        seen = look(clock, now)
        if seen is None:
            await update_clock(tx, reckoned(clock, now))
        else:
            found.append(Noted(clock, seen))
    return found


async def note_look(tx: Tx, noted: Noted, *, record_id: str | None, now: Instant) -> NoticeClock:
    """Keep that this was noted. record_id: the leaf of a breach."""
    clock, seen = noted.clock, noted.look
    changed = msgspec.structs.replace(clock, warned=list(seen.warned))
    if seen.breached and clock.breached_at is None:
        changed = msgspec.structs.replace(
            changed, breached_at=seen.reading.breached_at or now, breach_record_id=record_id
        )
    changed = reckoned(changed, now)
    await update_clock(tx, changed)
    return changed
