"""Reads of the social graph."""

from __future__ import annotations

from ...platform.cache import PageCache
from ...platform.db import Database, Reader, Row
from ...platform.stamps import Kind, slot
from .model import Following, Mute, Relationship, Viewer

VIEWER_SQL = """
select 1 as what, followed_id as id, show_boosts as flag, notify as flag2, languages, null::timestamptz as until
  from follows where follower_id = $1
union all select 2, target_id, true, true, null, null from blocks where account_id = $1
union all select 3, account_id, true, true, null, null from blocks where target_id = $1
union all select 4, target_id, hide_notifications, true, null, expires_at from mutes where account_id = $1
"""


class RelationsReader:
    """Viewers by account id, cached; each depends on the one stamp (RELATIONS, account)."""

    def __init__(self, database: Database, capacity: int = 5_000) -> None:
        self._database = database
        self._cache: PageCache[int, Viewer] = PageCache(database.stamps, capacity)

    async def viewer(self, account_id: int) -> Viewer:
        """The viewer with every relation that is true now."""
        return await self._cache.get(
            account_id, [slot(Kind.RELATIONS, account_id)], lambda: self._load(account_id)
        )

    async def _load(self, account_id: int) -> Viewer:
        return viewer_from_rows(account_id, await self._database.fetch(VIEWER_SQL, account_id))


def viewer_from_rows(account_id: int, rows: list[Row]) -> Viewer:
    """A viewer from the rows of `VIEWER_SQL`."""
    following: dict[int, Following] = {}
    mutes: dict[int, Mute] = {}
    blocking: set[int] = set()
    blocked_by: set[int] = set()
    for what, ident, flag, flag2, languages, until in rows:
        match what:
            case 1:
                following[ident] = Following(flag, flag2, tuple(languages) if languages else None)
            case 2:
                blocking.add(ident)
            case 3:
                blocked_by.add(ident)
            case 4:
                mutes[ident] = Mute(flag, until)
    slots = [slot(Kind.RELATIONS, account_id), slot(Kind.AUTHORED, account_id)]
    slots += [slot(Kind.AUTHORED, ident) for ident in following]
    return Viewer(account_id, following, frozenset(blocking), frozenset(blocked_by), mutes, slots)


RELATIONSHIP_SQL = """
select a.id, f.follower_id is not null as following, coalesce(f.show_boosts, r.show_boosts, false) as showing_boosts,
       coalesce(f.notify, r.notify, false) as notifying, coalesce(f.languages, r.languages) as languages,
       exists (select 1 from follows where follower_id = a.id and followed_id = $1) as followed_by,
       exists (select 1 from blocks where account_id = $1 and target_id = a.id) as blocking,
       exists (select 1 from blocks where account_id = a.id and target_id = $1) as blocked_by,
       m.target_id is not null as muting, coalesce(m.hide_notifications, false) as muting_notifications,
       m.expires_at as muting_expires_at, r.follower_id is not null as requested,
       exists (select 1 from follow_requests where follower_id = a.id and followed_id = $1) as requested_by,
       exists (select 1 from domain_blocks where account_id = $1 and domain = a.domain) as domain_blocking,
       coalesce(n.note, '') as note
from accounts a
left join follows f on f.follower_id = $1 and f.followed_id = a.id
left join follow_requests r on r.follower_id = $1 and r.followed_id = a.id
left join mutes m on m.account_id = $1 and m.target_id = a.id and (m.expires_at is null or m.expires_at > now())
left join account_notes n on n.account_id = $1 and n.target_id = a.id
where a.id = any($2::bigint[])
"""


async def relationships(reader: Reader, viewer_id: int, ids: list[int]) -> list[Relationship]:
    """The relationships with those accounts that exist, in the order asked."""
    rows = await reader.fetch(RELATIONSHIP_SQL, viewer_id, ids)
    found: dict[int, Relationship] = {}
    for row in rows:
        values = dict(row)
        values["languages"] = tuple(row["languages"]) if row["languages"] else None
        found[row["id"]] = Relationship(**values)
    return [found[ident] for ident in dict.fromkeys(ids) if ident in found]


# Each list pages by the id of the relation, which goes into `Link` and is never shown.
# Rows: (relation id, account id), newest first; $1 account, $2 below, $3 above, $4 limit.
FOLLOWERS_SQL = (
    "select id, follower_id from follows where followed_id = $1 and id < $2 and id > $3 order by id desc limit $4"
)
FOLLOWING_SQL = (
    "select id, followed_id from follows where follower_id = $1 and id < $2 and id > $3 order by id desc limit $4"
)
REQUESTS_SQL = (
    "select id, follower_id from follow_requests where followed_id = $1 and id < $2 and id > $3"
    " order by id desc limit $4"
)
BLOCKS_SQL = (
    "select id, target_id from blocks where account_id = $1 and id < $2 and id > $3 order by id desc limit $4"
)
MUTES_SQL = (
    "select id, target_id from mutes where account_id = $1 and id < $2 and id > $3"
    " and (expires_at is null or expires_at > now()) order by id desc limit $4"
)


async def page_of(reader: Reader, sql: str, account_id: int, below: int, above: int, limit: int) -> list[tuple[int, int]]:
    """One page of a list above: (relation id, account id), newest first."""
    return [(row[0], row[1]) for row in await reader.fetch(sql, account_id, below, above, limit)]
