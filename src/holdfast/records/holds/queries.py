"""Reads of holds. For the staff alone."""

from __future__ import annotations

from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.window import Window
from .errors import HoldNotThere
from .model import Hold, HoldQuery, Scope, Subject, Terms

_HOLD_SQL = """
select h.*, (select count(*) from held_erasures e where e.ran_at is null and e.hold_ids @> array[h.id]) as waiting
from legal_holds h
"""
_ONE_SQL = _HOLD_SQL + " where h.id = $1"
_PAGE_SQL = (
    _HOLD_SQL
    + " where h.id < $1 and h.id > $2 and ($5 or h.released_at is null)"
    + " order by case when $3::boolean then h.id end, h.id desc limit $4"
)


class ParkedErasure(msgspec.Struct, frozen=True):
    """Something that was to be erased, and waits. `asked_by`: the path."""

    subject: Subject
    id: int
    asked_by: str
    refused_at: Instant


async def hold_of(reader: Reader, hold_id: int) -> Hold:
    """One, in force or not. Raises HoldNotThere."""
    row = await reader.fetchrow(_ONE_SQL, hold_id)
    if row is None:
        raise HoldNotThere
    return _hold(row)


async def holds(reader: Reader, page: Window, *, ended: bool = False) -> list[Hold]:
    """One page of the holds in force, newest first; `ended`: and of those that were released."""
    rows = await reader.fetch(_PAGE_SQL, page.below, page.above, page.forward, page.limit, ended)
    return [_hold(row) for row in (rows[::-1] if page.forward else rows)]


async def active_count(reader: Reader) -> int:
    """How many holds are in force."""
    return int(await reader.fetchval("select count(*) from legal_holds where released_at is null"))


async def parked_by(reader: Reader, hold_id: int, *, limit: int) -> list[ParkedErasure]:
    """Erasures that wait for a hold, the first refused first."""
    rows = await reader.fetch(
        "select subject, subject_id, asked_by, refused_at from held_erasures"
        " where ran_at is null and hold_ids @> array[$1::bigint] order by id limit $2",
        hold_id, limit,
    )  # fmt: skip
    return [ParkedErasure(Subject(row[0]), row[1], row[2], row[3]) for row in rows]


def _hold(row: Row) -> Hold:
    facts: dict[str, Any] = dict(row)
    return Hold(
        facts["id"],
        HoldQuery(Scope(facts["subject"]), facts["subject_id"], facts["since"], facts["before"]),
        Terms(facts["reason"], facts["authority"], facts["expires_at"]),
        facts["placed_by"], facts["placed_at"], facts["released_at"], facts["released_by"], facts["release_reason"],
        facts["record_id"], facts["waiting"],
    )  # fmt: skip
