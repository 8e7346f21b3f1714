"""Reads: where records stand in the log, what covers them, and since when an authority's clock says they were there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection

from ...platform.clock import Instant
from ...platform.db import Reader
from ...pure.notice_exports import Covering, RecordFacts
from ...records import ledger

_RECORDS_SQL = "select record_id, kind, recorded_at, log, leaf_index from ledger_records where record_id = any($1::text[])"
_STAMPS_SQL = "select origin, size, stamped_at from ledger_time_stamps where size > $2 and origin = $1 order by size, id"


async def places_of(
    reader: Reader, record_ids: Collection[str], *, checkpoint_size: int | None = None
) -> tuple[dict[str, RecordFacts], ledger.StoredCheckpoint | None]:
    """Each record's place by its id, and the checkpoint that covers those of the newest log.

    checkpoint_size: the checkpoint to go by; None: the newest that covers them.
    """
    rows = await reader.fetch(_RECORDS_SQL, sorted(set(record_ids)))
    covering: dict[int, ledger.StoredCheckpoint | None] = {}
    stamps: dict[int, list[tuple[int, Instant]]] = {}
    newest = await ledger.latest_checkpoint(reader)
    for log in sorted({row["log"] for row in rows if row["log"] is not None}):
        last = max(row["leaf_index"] for row in rows if row["log"] == log)
        covering[log] = await _checkpoint(reader, log, last, newest, checkpoint_size)
        at = covering[log]
        if at is not None:
            origin = at.note.split("\n", 1)[0]
            stamps[log] = [
                (one["size"], one["stamped_at"]) for one in await reader.fetch(_STAMPS_SQL, origin, 0)
            ]
    found = {}
    for row in rows:
        log, index = row["log"], row["leaf_index"]
        at = covering.get(log) if log is not None else None
        covered = at is not None and index is not None and index < at.size
        found[row["record_id"]] = RecordFacts(
            row["record_id"], row["kind"], row["recorded_at"], index if covered else None,
            at.size if at is not None and covered else None, at.signed_at if at is not None and covered else None,
            _stamped(stamps.get(log, []), index) if covered else None,
        )  # fmt: skip
    return found, covering.get(newest.log) if newest is not None else None


async def _checkpoint(
    reader: Reader, log: int, last: int, newest: ledger.StoredCheckpoint | None, size: int | None
) -> ledger.StoredCheckpoint | None:
    if size is not None and newest is not None and log == newest.log:
        return await ledger.checkpoint_at(reader, log, size)
    covering = await ledger.covering_checkpoint(reader, log, last)
    return covering or await ledger.latest_checkpoint(reader, log)


def _stamped(stamps: list[tuple[int, Instant]], index: int) -> Instant | None:
    """When the first stamped checkpoint that covers the leaf was stamped."""
    at = bisect_right([size for size, _ in stamps], index)
    return stamps[at][1] if at < len(stamps) else None


def covering_of(
    checkpoint: ledger.StoredCheckpoint | None,
    *,
    site: str,
    about: str,
    made_at: Instant,
    notes: tuple[str, ...] = (),
) -> Covering:
    """What the summary says of itself."""
    if checkpoint is None:
        return Covering(site, about, made_at, notes=notes)
    return Covering(
        site, about, made_at, checkpoint.note.split("\n", 1)[0], checkpoint.size, checkpoint.root.hex(), checkpoint.signed_at,
        notes=notes,
    )  # fmt: skip
