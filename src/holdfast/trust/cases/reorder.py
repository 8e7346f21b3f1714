"""Use case: the number of cases is worked out anew from what is known now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from ..case_order import TARGET_SECONDS, case_facts, order
from . import store
from .queries import stale_cases

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
    return await reorder_cases(tx, ids, targets=targets, now=now) if ids else 0
