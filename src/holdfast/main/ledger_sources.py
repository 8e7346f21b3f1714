"""What the census counts beside the ledger itself: rows of other tables, each of which must have its record.

Ids are in the order of time, so that only the rows of the last day are looked at, by their key.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ..platform.clock import Instant
from ..platform.db import Reader
from ..platform.ids import id_at
from ..records.sequencing import Source, SourceCount

SINCE = timedelta(days=1)

_COUNTS = {
    # Reports from before there was a ledger have no record.
    "reports": "select count(*), count(*) filter (where not exists ("
    " select 1 from ledger_records l where l.record_id = t.record_id))"
    " from reports t where t.id >= $1 and t.record_id is not null",
    "cases": "select count(*), count(*) filter (where not exists ("
    " select 1 from ledger_records l where l.record_id = t.record_id)) from cases t where t.id >= $1",
    "decisions": "select count(*), count(*) filter (where not exists ("
    " select 1 from ledger_records l where l.record_id = t.record_id)) from decisions t where t.id >= $1",
    "statements": "select count(*), count(*) filter (where not exists ("
    " select 1 from ledger_records l where l.record_id = t.record_id)) from statements t where t.id >= $1",
    "appeals": "select count(*), count(*) filter (where not exists ("
    " select 1 from ledger_records l where l.record_id = t.record_id)) from appeals t where t.id >= $1",
    "notices": "select count(*), count(*) filter (where not exists ("
    " select 1 from ledger_records l where l.record_id = t.record_id)) from notices t where t.id >= $1",
    "referrals": "select count(*), count(*) filter (where not exists ("
    " select 1 from ledger_records l where l.record_id = t.record_id)) from referrals t where t.id >= $1",
}


def _source(sql: str) -> Source:
    async def count(reader: Reader, now: Instant) -> SourceCount:
        row = await reader.fetchrow(sql, id_at(now - SINCE))
        return SourceCount(row[0], row[1]) if row else SourceCount(0, 0)

    return count


SOURCES: Mapping[str, Source] = {name: _source(sql) for name, sql in _COUNTS.items()}
"""By the names that the census gives them. A table whose rows are recorded is one line above."""
