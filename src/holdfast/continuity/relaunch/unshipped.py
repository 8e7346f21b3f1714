"""On a server that was replaced: what it committed after the point from which its history does not count. For people to look at.

PostgreSQL's own reader of the log says which transactions those were; their rows are told apart by who wrote them last. What they
deleted cannot be shown any more, and is counted.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg

from ...pure.mirror import cut_of, format_lsn
from ..restoring import Seen, StepFailed

_READ_SECONDS: Final = 600.0
_COMMIT: Final = re.compile(r"rmgr: Transaction .* tx: +(\d+), .* desc: COMMIT (\S+ \S+ \S+)")
_DELETE: Final = re.compile(r"rmgr: Heap .* tx: +(\d+), .* desc: DELETE")
# Keys of people and of sessions are nothing to review; jobs and caches are nothing of lasting worth.
_LEFT_OUT: Final = frozenset({
    "users", "sessions", "access_tokens", "authorization_codes", "one_time_links", "recovery_codes", "push_subscriptions",
    "jobs", "periodic", "stamps", "facts", "trends", "post_search", "idempotency_keys", "ledger_sequencer",
    "alembic_version",
})  # fmt: skip
# Where nothing was written after that point, it says that there is no valid record, which is no error.
_LOG_IS_GONE: Final = ("could not find file", "could not open file", "could not open directory")
_TABLES: Final = "select c.oid::regclass::text, c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 2"
# The name of a table cannot be a parameter; it comes from the catalogue, and format() quotes it.
_QUERY: Final = "select format('select row_to_json(t)::text from %s t where t.xmin::text = any($1::text[])', $1::regclass)"


@dataclass(frozen=True, slots=True)
class Unshipped:
    """What there is. since_lsn: from where on. newest_at: when the last of it was committed."""

    since_lsn: int
    transactions: int
    deletions: int
    newest_at: str


def point_of_parting(seen: Seen, epoch: int) -> int | None:
    """From where in the log on what this epoch wrote does not count; None where no later epoch has started."""
    return cut_of(seen.epochs, epoch)


async def read_transactions(
    programs: Path, cluster: Path, timeline: int, since_lsn: int
) -> tuple[Unshipped, list[str]]:
    """The transactions committed from there on, and their ids. Raises StepFailed where that log is gone."""
    command = [
        str(programs / "pg_waldump"), "-p", str(cluster / "pg_wal"), "-t", str(timeline), "-s", format_lsn(since_lsn),
    ]  # fmt: skip

    def read() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=_READ_SECONDS)

    done = await asyncio.to_thread(read)
    commits = [found for line in done.stdout.splitlines() if (found := _COMMIT.search(line))]
    ids = [found[1] for found in commits]
    ours = set(ids)
    deletions = sum(found[1] in ours for line in done.stdout.splitlines() if (found := _DELETE.search(line)))
    if not done.stdout and any(mark in done.stderr for mark in _LOG_IS_GONE):
        raise StepFailed(
            "The log from where this server was replaced is not here any more; compare the two sites by their posts.",
            private=done.stderr,
        )
    newest = commits[-1][2] if commits else ""
    return Unshipped(since_lsn, len(ours), deletions, newest), ids


async def unshipped_rows(dsn: str, transactions: list[str]) -> AsyncIterator[tuple[str, Any]]:
    """(table, row) of every row that one of them wrote last."""
    connection = await asyncpg.connect(dsn)
    try:
        for table, name in await connection.fetch(_TABLES):
            if name in _LEFT_OUT:
                continue
            query = await connection.fetchval(_QUERY, table)
            for row in await connection.fetch(query, transactions):
                yield name, json.loads(row[0])
    finally:
        await connection.close()


async def write_unshipped(
    dsn: str, transactions: list[str], out: Path, *, epoch: int, told: Unshipped, now: datetime
) -> int:
    """The rows as a file of JSON lines, after a line that says what they are; how many rows. The file must not be there yet."""
    count = 0
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        head = {
            "holdfast": "unshipped rows", "epoch": epoch, "since": format_lsn(told.since_lsn), "made_at": now.isoformat(),
            "transactions": told.transactions, "deletions": told.deletions, "newest_at": told.newest_at,
        }  # fmt: skip
        file.write(json.dumps(head) + "\n")
        async for table, row in unshipped_rows(dsn, transactions):
            file.write(json.dumps({"table": table, "row": row}, ensure_ascii=False) + "\n")
            count += 1
    return count
