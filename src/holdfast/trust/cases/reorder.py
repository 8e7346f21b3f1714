"""Use case: the number of cases, and the queue that they wait in, are worked out anew from what is known now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from ..case_order import TARGET_SECONDS, case_facts, order
from ..routing import Traits, queues, route
from . import store
from .queries import cases_by_id, stale_cases

AT_ONCE: Final = 1000
"""Cases that one run of the clock works out."""


async def reorder_cases(
    tx: Tx,
    case_ids: list[int],
    *,
    targets: Mapping[str, float] = TARGET_SECONDS,
    new: bool = False,
    now: Instant,
) -> int:
    """Work out these; how many are open. `targets`: seconds for each lane. `new`: nobody has read them yet."""
    found = await case_facts(tx, case_ids, targets=dict(targets), now=now)
    rows = [(one.case_id, one.lane, order(one.facts, now), one.interactions) for one in found]
    if rows:
        await store.set_order(tx, rows, new=new, now=now)
    return len(rows)


async def reorder_stale(
    tx: Tx, *, targets: Mapping[str, float], older_than: Instant, now: Instant, limit: int = AT_ONCE
) -> int:
    """Work out those that were not for the longest time, those that changed their lane first; how many."""
    ids = await stale_cases(tx, older_than, limit=limit)
    if not ids:
        return 0
    done = await reorder_cases(tx, ids, targets=targets, now=now)
    await _route_anew(tx, ids)
    return done


async def _route_anew(tx: Tx, case_ids: list[int]) -> None:
    """Queues may be others than when the cases came, and cases may be in another lane."""
    known = await queues(tx)
    moved: list[tuple[int, str]] = []
    for case in (await cases_by_id(tx, case_ids)).values():
        traits = Traits(case.track, case.lane, case.source.value, case.category, case.language, case.policy)
        if (queue := route(known, traits)) != case.queue:
            moved.append((case.id, queue))
    if moved:
        await store.set_queues(tx, moved)
