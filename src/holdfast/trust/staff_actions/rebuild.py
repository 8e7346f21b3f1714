"""Use case: every status is made anew from the log."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from . import store
from .projection import Status
from .queries import log_page, statuses_of

_SUBJECTS_A_PAGE = 500


class Rebuilt(msgspec.Struct):
    """What came of it: subjects looked at, and those whose row was not what their events say."""

    subjects: int = 0
    events: int = 0
    differing: int = 0
    examples: list[str] = msgspec.field(default_factory=list)


class Place(msgspec.Struct, frozen=True):
    """How far a rebuild is: the last subject done."""

    kind: str = ""
    key: str = ""


async def rebuild_page(tx: Tx, after: Place, done: Rebuilt, *, write: bool, now: Instant) -> Place | None:
    """Do the next subjects; where to go on, None at the end. `write` False: only count what differs.

    New events wait for the rows that are locked here, so a server may go on working meanwhile.
    """
    pages = await log_page(tx, after.kind, after.key, limit=_SUBJECTS_A_PAGE)
    if not pages:
        return None
    kept = await statuses_of(tx, list(pages), lock=write)
    # Read once more under the locks: an event that came between the two reads is in both now.
    pages = await log_page(tx, after.kind, after.key, limit=_SUBJECTS_A_PAGE) if write else pages
    changed: list[tuple[str, str, Status]] = []
    for (kind, key), (status, events) in pages.items():
        done.subjects += 1
        done.events += events
        if kept.get((kind, key)) != status:
            done.differing += 1
            done.examples = [*done.examples, f"{kind} {key}"][:10]
            changed.append((kind, key, status))
    if write and changed:
        await store.save_statuses(tx, changed, now)
    return Place(*list(pages)[-1])
