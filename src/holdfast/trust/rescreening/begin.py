"""Use case: begin a re-screening, or take up the one that was interrupted."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import id_at
from ..history import Range, count_posts
from . import store
from .model import Rescreening
from .queries import last_rescreening


async def begin_rescreening(
    tx: Tx, *, version: str, since: Instant | None, may_hold: bool, now: Instant
) -> Rescreening:
    """The unfinished run with the same version and choices, else a new one over all posts since then until `now`.

    A run that is not taken up is forgotten; what it wrote stays, and no verdict is written twice.
    """
    after_id = id_at(since) - 1 if since is not None else 0
    await store.lock(tx)
    last = await last_rescreening(tx)
    if last is not None and last.continues(version, after_id, may_hold):
        return last
    stretch = Range(after_id, id_at(now))
    run = Rescreening(
        version=version,
        after_id=after_id,
        until_id=stretch.until_id,
        cursor_id=after_id,
        may_hold=may_hold,
        started_at=now,
        updated_at=now,
        total=await count_posts(tx, stretch),
    )
    await store.save(tx, run)
    return run
