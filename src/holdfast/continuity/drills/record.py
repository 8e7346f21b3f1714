"""Use case: a drill goes on the record; and the drills that are there."""

from __future__ import annotations

import base64
from typing import NamedTuple

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...platform.ids import new_id
from ...records import ledger
from .model import DrillReport


class RecordedDrill(NamedTuple):
    """A drill with its record in the ledger."""

    report: DrillReport
    record_id: str
    recorded_at: Instant


async def record_drill(tx: Tx, report: DrillReport, *, now: Instant) -> RecordedDrill:
    """Once, however often it is brought; the record says what came of it and the digest of the whole report."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('drills', 0))")
    row = await tx.fetchrow("select record_id, recorded_at from drills where digest = $1", report.digest)
    if row is not None:
        return RecordedDrill(report, row["record_id"], row["recorded_at"])
    entry = ledger.Entry(
        kind=ledger.Kind.DRILL,
        public={
            "outcome": "passed" if report.passed else "failed",
            "source": "one-store",
            "rpo_seconds": max(0, round(report.rpo_seconds or 0)),
            "rto_seconds": max(0, round(report.rto_seconds or 0)),
            "differences": sum(not one.ok for one in report.checks),
            "bytes": report.size_bytes,
            "digest": base64.b64encode(report.digest).decode(),
        },
        private={"report": report.encode()},
    )
    record_id = await ledger.append(tx, entry, now=now)
    await tx.execute(
        "insert into drills (id, started_at, passed, report, digest, record_id, recorded_at)"
        " values ($1, $2, $3, $4::text::jsonb, $5, $6, $7)",
        new_id(now), report.started_at, report.passed, report.encode().decode(), report.digest, record_id, now,
    )  # fmt: skip
    return RecordedDrill(report, record_id, now)


async def drills(reader: Reader, *, most: int) -> list[RecordedDrill]:
    """The newest first."""
    rows = await reader.fetch(
        "select report::text as report, record_id, recorded_at from drills order by started_at desc limit $1",
        most,
    )
    return [
        RecordedDrill(
            msgspec.json.decode(row["report"], type=DrillReport), row["record_id"], row["recorded_at"]
        )
        for row in rows
    ]


async def last_passed(reader: Reader) -> Instant | None:
    """When the newest drill began in which everything was right."""
    found: Instant | None = await reader.fetchval("select max(started_at) from drills where passed")
    return found
