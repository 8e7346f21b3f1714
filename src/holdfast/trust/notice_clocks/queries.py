"""Reads of clocks. For the staff alone: callers check that the notice may be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.deadlines import Calendar, ClockPreset, Extension, Pause
from .errors import ClockNotThere
from .model import NoticeClock

_COLUMNS = """
select id, notice_id, name, preset::text as preset, calendar::text as calendar, starts_at, stated_at, due_at, opens_at, met_at,
       met_by, met_evidence, breached_at, breach_record_id, warned, warn_percent, looks_next_at, ended_at,
       pauses::text as pauses, extensions::text as extensions
from notice_clocks
"""
_OF_NOTICES_SQL = f"{_COLUMNS} where notice_id = any($1::bigint[]) order by notice_id, ended_at nulls first, due_at nulls last, id"
_LOCK_SQL = f"{_COLUMNS} where id = $1 for update"
_LOCK_ALL_SQL = f"{_COLUMNS} where notice_id = $1 and ended_at is null order by id for update"
# Two workers never look at the same clock; a notice that somebody changes now is looked at the next time.
_DUE_SQL = f"""{_COLUMNS}
where looks_next_at <= $1 and notice_id in (
  select n.id from notices n where n.id in (select c.notice_id from notice_clocks c where c.looks_next_at <= $1
    order by c.looks_next_at limit $2) for update of n skip locked)
order by notice_id, id for update
"""
_preset = msgspec.json.Decoder(ClockPreset).decode
_calendar = msgspec.json.Decoder(Calendar).decode
_pauses = msgspec.json.Decoder(list[Pause]).decode
_extensions = msgspec.json.Decoder(list[Extension]).decode


async def clocks_of(reader: Reader, notice_ids: Sequence[int]) -> list[NoticeClock]:
    """Of these notices; those that count, the one that ends first at the top."""
    return [_clock(row) for row in await reader.fetch(_OF_NOTICES_SQL, list(notice_ids))]


async def lock_clock(reader: Reader, clock_id: int) -> NoticeClock:
    """One, kept as it is until this transaction ends. Raises ClockNotThere."""
    row = await reader.fetchrow(_LOCK_SQL, clock_id)
    if row is None:
        raise ClockNotThere
    return _clock(row)


async def lock_clocks(reader: Reader, notice_id: int) -> list[NoticeClock]:
    """All of a notice that count, locked."""
    return [_clock(row) for row in await reader.fetch(_LOCK_ALL_SQL, notice_id)]


async def clocks_to_look_at(reader: Reader, now: Instant, *, limit: int) -> list[NoticeClock]:
    """Those whose state or warnings may have changed by themselves, locked with their notices."""
    return [_clock(row) for row in await reader.fetch(_DUE_SQL, now, limit)]


def _clock(row: Row) -> NoticeClock:
    values: dict[str, Any] = dict(row)
    values["preset"], values["calendar"] = _preset(row["preset"]), _calendar(row["calendar"])
    values["pauses"], values["extensions"] = _pauses(row["pauses"]), _extensions(row["extensions"])
    values["warned"], values["warn_percent"] = list(row["warned"]), list(row["warn_percent"])
    return NoticeClock(**values)
