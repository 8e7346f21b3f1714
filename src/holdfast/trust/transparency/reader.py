"""Reads: the tally as it was counted last, kept by each process until there is a newer one."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ...platform.clock import Instant
from ...platform.db import Database, Reader
from ...pure.transparency import Tally
from . import store

_ROW_SQL = "select version, sizes::text as sizes, tally, counted_at from transparency_tallies"


class Counted(msgspec.Struct, frozen=True):
    """A tally, and how far it goes: leaves of each log by its number. counted_at: None before the first count."""

    tally: Tally
    sizes: Mapping[int, int]
    counted_at: Instant | None


async def read_counted(reader: Reader) -> Counted:
    """What was counted; nothing where it was counted in another way."""
    row = await reader.fetchrow(_ROW_SQL)
    if row is None or row["version"] != store.COUNTING:
        return Counted(Tally(), {}, None)
    sizes = msgspec.json.decode(row["sizes"], type=dict[int, int])
    return Counted(store.unpacked(row["tally"]), sizes, row["counted_at"])


class TransparencyReader:
    """One for each process. What it answers is shared: read it, change nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept = Counted(Tally(), {}, None)

    async def counted(self) -> Counted:
        """The newest tally; unpacked only when there is a newer one than last time."""
        at = await self._database.fetchval(
            "select counted_at from transparency_tallies where version = $1", store.COUNTING
        )
        if at != self._kept.counted_at:
            self._kept = await read_counted(self._database)
        return self._kept


async def exported_among(reader: Reader, statement_ids: list[int]) -> frozenset[int]:
    """Which of these statements were exported before."""
    rows = await reader.fetch(
        "select statement_id from statement_exports where statement_id = any($1::bigint[])", statement_ids
    )
    return frozenset(row[0] for row in rows)
