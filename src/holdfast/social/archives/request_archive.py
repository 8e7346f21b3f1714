"""Use case: a member wants everything in one file."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.outbox import NewJob
from ..accounts import Actor
from . import store
from .errors import ArchiveTooSoon
from .model import MAKE_ARCHIVE

_AFTER_EVERYTHING_ELSE = 9


async def request_archive(tx: Tx, actor: Actor, *, every_days: int, now: Instant) -> int:
    """Have an archive made in the background; its id. Raises ArchiveTooSoon."""
    last = await store.last_archive_at(tx, actor.account_id)
    if last is not None and last + timedelta(days=every_days) > now:
        again = last + timedelta(days=every_days)
        raise ArchiveTooSoon(
            f"You asked for an archive on {last:%Y-%m-%d}; the next can be had from {again:%Y-%m-%d}."
        )
    archive_id = new_id(now)
    await store.insert_archive(tx, archive_id, actor.account_id, now)
    tx.enqueue(NewJob(MAKE_ARCHIVE, msgspec.json.encode(archive_id), priority=_AFTER_EVERYTHING_ELSE))
    return archive_id
