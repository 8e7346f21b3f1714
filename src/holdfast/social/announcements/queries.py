"""Reads of announcements."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.entities import Mention, find_entities
from ..accounts import find_handles
from .errors import AnnouncementNotVisible
from .model import Announcement, Reaction

# $1 the member or null, $2 only this one or null, $3 now or null for all, $4 also those that the member put away
_SQL = """
select a.id, a.text, a.starts_at, a.ends_at, a.all_day, a.publish_at, a.published_at, a.updated_at,
       r.account_id is not null as read
from announcements a left join announcement_reads r on r.announcement_id = a.id and r.account_id = $1
where ($2::bigint is null or a.id = $2)
  and ($3::timestamptz is null or (a.published_at is not null and (a.ends_at is null or a.ends_at > $3)))
  and ($4::boolean or r.account_id is null)
order by coalesce(a.published_at, a.publish_at) desc, a.id desc
"""
_REACTIONS_SQL = """
select e.id as emoji_id, e.announcement_id, e.name, count(r.account_id) as count,
       coalesce(bool_or(r.account_id = $1), false) as me
from announcement_emoji e left join announcement_reactions r on r.emoji_id = e.id
where e.announcement_id = any($2::bigint[]) or e.id = $3
group by e.id, e.announcement_id, e.name order by e.id
"""


async def shown_announcements(
    reader: Reader, member_id: int | None, *, dismissed: bool, now: Instant
) -> list[Announcement]:
    """What is announced now, the newest first. `dismissed`: also what the member put away."""
    return await _read(reader, member_id, (None, now, dismissed))


async def one_announcement(
    reader: Reader, member_id: int | None, announcement_id: int, *, now: Instant
) -> Announcement:
    """One that is announced now. Raises AnnouncementNotVisible."""
    found = await _read(reader, member_id, (announcement_id, now, True))
    if not found:
        raise AnnouncementNotVisible
    return found[0]


async def all_announcements(reader: Reader) -> list[Announcement]:
    """Every announcement that there is, also those that wait or are over; for those who run the place."""
    return await _read(reader, None, (None, None, True))


async def one_reaction(reader: Reader, emoji_id: int) -> Reaction | None:
    """How often an emoji is used now; None when its announcement is gone."""
    row = await reader.fetchrow(_REACTIONS_SQL, None, [], emoji_id)
    return None if row is None else Reaction(**dict(row))


async def named_accounts(reader: Reader, text: str, domain: str) -> dict[str, int]:
    """Accounts of this server that an announcement names: lower-case name to id."""
    names = {
        found.value.username.lower()
        for found in find_entities(text)
        if isinstance(found, Mention) and found.value.domain in (None, domain.lower())
    }
    return await find_handles(reader, sorted(names)) if names else {}


async def _read(
    reader: Reader, member_id: int | None, which: tuple[int | None, Instant | None, bool]
) -> list[Announcement]:
    rows = await reader.fetch(_SQL, member_id, *which)
    ids = [row["id"] for row in rows]
    reactions = await reader.fetch(_REACTIONS_SQL, member_id, ids, None) if ids else []
    return [_view(row, reactions) for row in rows]


def _view(row: Row, reactions: list[Row]) -> Announcement:
    mine = [
        Reaction(**dict(one)) for one in reactions if one["announcement_id"] == row["id"] and one["count"]
    ]
    return Announcement(**dict(row), reactions=mine)
