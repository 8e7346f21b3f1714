"""Reads of time stamps: facts about checkpoints, which everybody may see."""

from __future__ import annotations

from ...platform.db import Reader, Row
from .model import Reason, TimeStamp

_COLUMNS = (
    "select id, origin, size, note, authority, reply, stamped_at, reason, record_id, created_at"
    " from ledger_time_stamps"
)
_COVERING_SQL = _COLUMNS + " where origin = $1 and size > $2 order by size, id limit 1"
_NEWEST_SQL = _COLUMNS + " where origin = $1 order by id desc limit $2"
_ONE_SQL = _COLUMNS + " where id = $1"
_BETWEEN_SQL = _COLUMNS + " where origin = $1 and size > $2 and size <= $3 order by size, id limit $4"


def _stamp(row: Row) -> TimeStamp:
    return TimeStamp(**{**dict(row), "reason": Reason(row["reason"])})


async def covering_stamp(reader: Reader, origin: str, index: int) -> TimeStamp | None:
    """The first stamp on a checkpoint that covers the leaf at `index`: it dates that leaf best."""
    row = await reader.fetchrow(_COVERING_SQL, origin, index)
    return _stamp(row) if row else None


async def newest_stamps(reader: Reader, origin: str, most: int) -> list[TimeStamp]:
    """The newest first."""
    return [_stamp(row) for row in await reader.fetch(_NEWEST_SQL, origin, most)]


async def newest_stamp(reader: Reader, origin: str) -> TimeStamp | None:
    """The newest, if there is one."""
    found = await newest_stamps(reader, origin, 1)
    return found[0] if found else None


async def stamp_by_id(reader: Reader, stamp_id: int) -> TimeStamp | None:
    """One, if it is there."""
    row = await reader.fetchrow(_ONE_SQL, stamp_id)
    return _stamp(row) if row else None


async def stamps_between(
    reader: Reader, origin: str, *, above_size: int, up_to_size: int, most: int
) -> list[TimeStamp]:
    """Stamps on checkpoints of these sizes, the smallest first."""
    return [_stamp(row) for row in await reader.fetch(_BETWEEN_SQL, origin, above_size, up_to_size, most)]
