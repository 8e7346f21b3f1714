"""Use case: the backlog is measured, kept, and told to the ledger, so that nobody can say later that it was shorter."""

from __future__ import annotations

from collections.abc import Mapping

from ...platform.clock import Instant
from ...platform.db import Tx
from ...records import ledger
from .model import Capacity
from .queries import LaneFigures, held_load, lane_figures

_INSERT_SQL = """
insert into backlog_samples (at, lane, open, claimed, oldest_seconds, target_seconds, arrived_hour, closed_hour, burn_rate,
  breach_in_seconds, record_id)
select $1, lane, open, claimed, oldest, target, arrived, closed, burn, breach, $2
from unnest($3::text[], $4::int[], $5::int[], $6::float8[], $7::float8[], $8::int[], $9::int[], $10::float8[], $11::float8[])
  as new (lane, open, claimed, oldest, target, arrived, closed, burn, breach)
on conflict do nothing
"""


async def record_sample(
    tx: Tx, *, targets: Mapping[str, float], capacity: Capacity, now: Instant
) -> list[LaneFigures]:
    """Measure now; a periodic action of the workers."""
    lanes = await lane_figures(tx, targets=targets, capacity=capacity, now=now)
    held = await held_load(tx, now=now)
    entry = ledger.Entry(
        kind=ledger.Kind.BACKLOG_SAMPLE,
        public={
            "open": {one.lane: one.open for one in lanes},
            "oldest_seconds": {one.lane: int(one.oldest_seconds) for one in lanes},
            "held": held.count,
            "held_oldest_seconds": int(held.oldest_seconds),
        },
    )
    record_id = await ledger.append(tx, entry, now=now)
    await tx.execute(
        _INSERT_SQL, now, record_id, [one.lane for one in lanes], [one.open for one in lanes],
        [one.claimed for one in lanes], [one.oldest_seconds for one in lanes], [one.target_seconds for one in lanes],
        [one.arrived_hour for one in lanes], [one.closed_hour for one in lanes], [one.burn_rate for one in lanes],
        [one.breach_in_seconds for one in lanes],
    )  # fmt: skip
    return lanes
