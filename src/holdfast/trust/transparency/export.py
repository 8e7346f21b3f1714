"""Use case: statements of reasons as files for the transparency database, each statement once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Database
from ..statements import reported_rows
from . import store
from .errors import StatementNotExportable
from .reader import exported_among
from .schema import problems_of, row_of

BATCH_MOST: Final = 100
"""Statements that the database takes at a time."""

Write = Callable[[str, bytes], Awaitable[None]]
"""Writes a file of that name, whole or not at all."""


class Batch(msgspec.Struct, frozen=True):
    """A file that was written."""

    name: str
    statements: int


async def export_statements(
    database: Database, since: Instant, until: Instant, write: Write, *, again: bool = False, now: Instant
) -> list[Batch]:
    """Write the statements that were sent in this time and not exported before; `again`: those too.

    A file is written before its statements are marked, under the name of its first one: after a crash between the two
    the next export writes the same file. Raises StatementNotExportable before a file with such a row is written.
    """
    made: list[Batch] = []
    after, waiting = 0, list[tuple[int, dict[str, Any]]]()
    while True:
        rows = await reported_rows(database, since, until, after_id=after, limit=BATCH_MOST)
        after = rows[-1][0] if rows else after
        done = frozenset() if again else await exported_among(database, [ident for ident, _ in rows])
        waiting += [(ident, _checked(fields)) for ident, fields in rows if ident not in done]
        while len(waiting) >= BATCH_MOST or (waiting and not rows):
            made.append(await _write(database, waiting[:BATCH_MOST], write, now))
            del waiting[:BATCH_MOST]
        if not rows:
            return made


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    row = row_of(fields)
    problems = problems_of(row)
    if problems:
        raise StatementNotExportable(f"statement {row.get('puid', '')}: {'; '.join(problems)}")
    return row


async def _write(
    database: Database, rows: list[tuple[int, dict[str, Any]]], write: Write, now: Instant
) -> Batch:
    name = f"statements-{rows[0][1]['puid']}.json"
    content = (
        msgspec.json.format(msgspec.json.encode({"statements": [row for _, row in rows]}), indent=1) + b"\n"
    )
    await write(name, content)
    async with database.transaction() as tx:
        await store.mark_exported(tx, [ident for ident, _ in rows], name, now)
    return Batch(name, len(rows))
