"""The census: what the database holds against what the log has, said in a leaf every few minutes.

Whoever would leave a record out has to falsify these figures too, and every receipt that was handed out speaks against
them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import structlog

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...pure.evidence import SEALED_KIND, parse_leaf
from ..ledger import Entry, Kind, append, logs, records_of_kind

log = structlog.get_logger(__name__)

OLDEST_WAITING_SECONDS = 60
"""A record that waits longer for its index is a mismatch."""


class SourceCount(NamedTuple):
    """Rows of a table that each must have a record, and how many of them have none in the ledger."""

    rows: int
    missing: int


Source = Callable[[Reader, Instant], Awaitable[SourceCount]]

# One statement, so that all of it is of one moment: what is recorded in between would be missing in one figure alone.
_FIGURES = """
select 'recorded' as figure, kind, count(*) as number, null::timestamptz as since from ledger_records group by kind
union all
select 'waiting', kind, count(*), min(recorded_at) from ledger_records where leaf_index is null group by kind
union all
select 'logged', stream, last, null from ledger_counters where stream <> $1
union all
select 'logged', $1, count(*), null from ledger_records where kind = $1 and leaf_index is not null having count(*) > 0
"""


class Census(NamedTuple):
    """recorded: records by kind; logged: the last number of each kind in the log; sources: rows by table."""

    recorded: Mapping[str, int]
    logged: Mapping[str, int]
    sources: Mapping[str, int]
    missing: int
    waiting: int
    oldest_seconds: int
    size: int
    matches: bool


async def count(reader: Reader, sources: Mapping[str, Source], *, now: Instant) -> Census:
    """The figures of now. `sources`: tables of other rooms whose rows must each have a record."""
    recorded: dict[str, int] = {}
    logged: dict[str, int] = {}
    waiting: dict[str, tuple[int, Instant]] = {}
    for row in await reader.fetch(_FIGURES, SEALED_KIND):
        if row["figure"] == "waiting":
            waiting[row["kind"]] = (row["number"], row["since"])
        else:
            (recorded if row["figure"] == "recorded" else logged)[row["kind"]] = row["number"]
    rows = {name: await source(reader, now) for name, source in sources.items()}
    missing = sum(one.missing for one in rows.values())
    oldest = min((since for _, since in waiting.values()), default=now)
    oldest_seconds = max(0, int((now - oldest).total_seconds()))
    complete = all(
        recorded.get(kind, 0) == logged.get(kind, 0) + waiting.get(kind, (0, now))[0]
        for kind in recorded.keys() | logged.keys()
    )
    known = await logs(reader)
    return Census(
        recorded, logged, {name: one.rows for name, one in rows.items()}, missing,
        sum(number for number, _ in waiting.values()), oldest_seconds, known[-1].size if known else 0,
        complete and not missing and oldest_seconds <= OLDEST_WAITING_SECONDS,
    )  # fmt: skip


async def take_census(tx: Tx, sources: Mapping[str, Source], *, now: Instant) -> Census:
    """Count, and record the figures; a mismatch is an alarm in the log of this server, in /readyz and in the status."""
    found = await count(tx, sources, now=now)
    public = {
        "recorded": dict(found.recorded), "logged": dict(found.logged), "sources": dict(found.sources),
        "waiting": found.waiting, "oldest_seconds": found.oldest_seconds, "size": found.size,
        "matches": found.matches,
    }  # fmt: skip
    await append(tx, Entry(kind=Kind.CENSUS, public=public), now=now)
    if not found.matches:
        log.error(
            "ledger.census_mismatch", waiting=found.waiting, oldest_seconds=found.oldest_seconds,
            missing=found.missing,
            kinds=sorted(
                kind for kind in found.recorded.keys() | found.logged.keys()
                if found.recorded.get(kind) != found.logged.get(kind)
            ),
        )  # fmt: skip
    return found


async def last_census_matches(reader: Reader) -> bool | None:
    """Whether the last census found nothing missing; None before the first one."""
    rows = await records_of_kind(reader, [Kind.CENSUS.value], limit=1)
    return bool(parse_leaf(rows[0].leaf).public["matches"]) if rows else None
