"""The job that works through a file of relations, so many rows a minute."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from .events import RelationImportBegun
from .import_rows import import_rows
from .model import ROWS_AT_ONCE

_AFTER_WHAT_PEOPLE_WAIT_FOR = 7


async def import_relations(tx: Tx, payload: bytes, now: Instant) -> None:
    """RelationImportBegun (as JSON): do the next rows, and come back for more."""
    event = msgspec.json.decode(payload, type=RelationImportBegun)
    if await import_rows(tx, event.import_id, lists=event.lists, now=now):
        wait = timedelta(seconds=60 * ROWS_AT_ONCE / event.rows_per_minute)
        tx.enqueue(
            NewJob("import_relations", payload, priority=_AFTER_WHAT_PEOPLE_WAIT_FOR, run_at=now + wait)
        )
