"""Reads of the social graph."""

from __future__ import annotations

from ...platform.cache import PageCache
from ...platform.db import Database, Reader, Row
from ...platform.stamps import Kind, slot
from ...pure.window import Window
from ..accounts import SHOWN_STATES, AccountNotVisible
from ..filters import filter_set
from .errors import YourselfNotAllowed
from .model import Following, Mute, Relationship, Standing, Viewer

_SHOWN = sorted(state.value for state in SHOWN_STATES)

VIEWER_SQL = """
select 1 as what, followed_id as id, show_boosts as flag, notify as flag2, languages as texts, null::timestamptz as until
  from follows where follower_id = $1
union all select 2, target_id, true, true, null, null from blocks where account_id = $1
union all select 3, account_id, true, true, null, null from blocks where target_id = $1
union all select 4, target_id, hide_notifications, true, null, expires_at from mutes where account_id = $1
union all select 5, id, true, true, array[domain], null from domain_blocks where account_id = $1
union all select 6, m.account_id, true, true, null, null
  from lists l join list_members m on m.list_id = l.id where l.account_id = $1 and l.exclusive
union all select 7, id, true, true, null, null from filters where account_id = $1
union all select 8, t.id, true, true, array[t.name], null
  from tag_follows f join tags t on t.id = f.tag_id where f.account_id = $1
"""
_FILTER = 7  # such a row says that there is a filter, not what it says


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
        rows = await self._database.fetch(VIEWER_SQL, account_id)
        viewer = viewer_from_rows(account_id, rows)
        # Most members have no filters, so only those who do pay for reading and compiling them.
        if any(row["what"] == _FILTER for row in rows):
            viewer.filters = await filter_set(self._database, account_id)
        return viewer


def viewer_from_rows(account_id: int, rows: list[Row]) -> Viewer:
    """A viewer from the rows of `VIEWER_SQL`."""
    following: dict[int, Following] = {}
    mutes: dict[int, Mute] = {}
    blocking: set[int] = set()
    blocked_by: set[int] = set()
    domains: set[str] = set()
    apart: set[int] = set()
    tags: dict[int, str] = {}
    for what, ident, flag, flag2, texts, until in rows:
        match what:
            case 1:
                following[ident] = Following(flag, flag2, tuple(texts) if texts else None)
            case 2:
                blocking.add(ident)
            case 3:
                blocked_by.add(ident)
            case 4:
                mutes[ident] = Mute(flag, until)
            case 5:
                domains.update(texts)
            case 6:
                apart.add(ident)
            case 8:
                tags[ident] = texts[0]
    slots = [slot(Kind.RELATIONS, account_id), slot(Kind.AUTHORED, account_id)]
    slots += [slot(Kind.AUTHORED, ident) for ident in following]
    slots += [slot(Kind.TAG, ident) for ident in tags]
    return Viewer(
        account_id, following, frozenset(blocking), frozenset(blocked_by), mutes, slots,
        blocked_domains=frozenset(domains), listed_apart=frozenset(apart),
        followed_tags=frozenset(tags.values()), followed_tag_ids=tuple(tags),
    )  # fmt: skip


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
       exists (select 1 from endorsements where account_id = $1 and target_id = a.id) and f.follower_id is not null as endorsed,
       coalesce(n.note, '') as note
from accounts a
left join follows f on f.follower_id = $1 and f.followed_id = a.id
left join follow_requests r on r.follower_id = $1 and r.followed_id = a.id
left join mutes m on m.account_id = $1 and m.target_id = a.id and (m.expires_at is null or m.expires_at > now())
left join account_notes n on n.account_id = $1 and n.target_id = a.id
where a.id = any($2::bigint[]) and a.state = any($3::smallint[])
"""


async def relationships(reader: Reader, viewer_id: int, ids: list[int]) -> list[Relationship]:
    """The relationships with those accounts that are shown, in the order asked."""
    rows = await reader.fetch(RELATIONSHIP_SQL, viewer_id, ids, _SHOWN)
    found: dict[int, Relationship] = {}
    for row in rows:
        values = dict(row)
        values["languages"] = tuple(row["languages"]) if row["languages"] else None
        found[row["id"]] = Relationship(**values)
    return [found[ident] for ident in dict.fromkeys(ids) if ident in found]


async def standing(reader: Reader, actor_id: int, target_id: int) -> Standing:
    """What a command between two accounts must know first.

    Raises YourselfNotAllowed when they are one, AccountNotVisible when the target is missing or hidden.
    """
    if actor_id == target_id:
        raise YourselfNotAllowed
    row = await reader.fetchrow(
        "select locked, exists (select 1 from blocks where account_id = $1 and target_id = $2"
        "   or account_id = $2 and target_id = $1) as blocked"
        " from accounts where id = $2 and state = any($3::smallint[])",
        actor_id, target_id, _SHOWN,
    )  # fmt: skip
    if row is None:
        raise AccountNotVisible
    return Standing(row["locked"], row["blocked"])


async def requests_pending(reader: Reader, account_id: int) -> int:
    """How many shown accounts wait for this one's answer."""
    count: int = await reader.fetchval(
        "select count(*) from follow_requests r join accounts a on a.id = r.follower_id"
        " where r.followed_id = $1 and a.state = any($2::smallint[])",
        account_id, _SHOWN,
    )  # fmt: skip
    return count


# Each list pages by the id of the relation, which goes into `Link` and is never shown.
# Rows: (relation id, account id); $1 account, $2 below, $3 above, $4 limit, $5 shown states, $6 ids left out.
# The first statement of each pair reads from the newest down, the second from the oldest up.
FOLLOWERS = (
    """
    select r.id, r.follower_id from follows r join accounts a on a.id = r.follower_id
    where r.followed_id = $1 and r.id < $2 and r.id > $3 and a.state = any($5::smallint[])
    and r.follower_id <> all($6::bigint[]) order by r.id desc limit $4
    """,
    """
    select r.id, r.follower_id from follows r join accounts a on a.id = r.follower_id
    where r.followed_id = $1 and r.id < $2 and r.id > $3 and a.state = any($5::smallint[])
    and r.follower_id <> all($6::bigint[]) order by r.id limit $4
    """,
)
FOLLOWING = (
    """
    select r.id, r.followed_id from follows r join accounts a on a.id = r.followed_id
    where r.follower_id = $1 and r.id < $2 and r.id > $3 and a.state = any($5::smallint[])
    and r.followed_id <> all($6::bigint[]) order by r.id desc limit $4
    """,
    """
    select r.id, r.followed_id from follows r join accounts a on a.id = r.followed_id
    where r.follower_id = $1 and r.id < $2 and r.id > $3 and a.state = any($5::smallint[])
    and r.followed_id <> all($6::bigint[]) order by r.id limit $4
    """,
)
REQUESTS = (
    """
    select r.id, r.follower_id from follow_requests r join accounts a on a.id = r.follower_id
    where r.followed_id = $1 and r.id < $2 and r.id > $3 and a.state = any($5::smallint[])
    and r.follower_id <> all($6::bigint[]) order by r.id desc limit $4
    """,
    """
    select r.id, r.follower_id from follow_requests r join accounts a on a.id = r.follower_id
    where r.followed_id = $1 and r.id < $2 and r.id > $3 and a.state = any($5::smallint[])
    and r.follower_id <> all($6::bigint[]) order by r.id limit $4
    """,
)
BLOCKED = (
    """
    select r.id, r.target_id from blocks r join accounts a on a.id = r.target_id
    where r.account_id = $1 and r.id < $2 and r.id > $3 and a.state = any($5::smallint[])
    and r.target_id <> all($6::bigint[]) order by r.id desc limit $4
    """,
    """
    select r.id, r.target_id from blocks r join accounts a on a.id = r.target_id
    where r.account_id = $1 and r.id < $2 and r.id > $3 and a.state = any($5::smallint[])
    and r.target_id <> all($6::bigint[]) order by r.id limit $4
    """,
)
MUTED = (
    """
    select r.id, r.target_id, r.expires_at from mutes r join accounts a on a.id = r.target_id
    where r.account_id = $1 and r.id < $2 and r.id > $3 and a.state = any($5::smallint[])
    and r.target_id <> all($6::bigint[]) and (r.expires_at is null or r.expires_at > now())
    order by r.id desc limit $4
    """,
    """
    select r.id, r.target_id, r.expires_at from mutes r join accounts a on a.id = r.target_id
    where r.account_id = $1 and r.id < $2 and r.id > $3 and a.state = any($5::smallint[])
    and r.target_id <> all($6::bigint[]) and (r.expires_at is null or r.expires_at > now())
    order by r.id limit $4
    """,
)


async def page_of(
    reader: Reader,
    listing: tuple[str, str],
    account_id: int,
    page: Window,
    hidden: frozenset[int] = frozenset(),
) -> list[Row]:
    """One page of a listing above: rows of (relation id, account id, ...), newest first, without `hidden`."""
    newest_down, oldest_up = listing
    arguments = (account_id, page.below, page.above, page.limit, _SHOWN, list(hidden))
    if page.forward:
        rows = await reader.fetch(oldest_up, *arguments)
        rows.reverse()
        return rows
    return await reader.fetch(newest_down, *arguments)


async def blocked_domains(reader: Reader, account_id: int, page: Window) -> list[tuple[int, str]]:
    """One page of the domains an account blocks: (relation id, domain), newest first."""
    arguments = (account_id, page.below, page.above, page.limit)
    if page.forward:
        rows = await reader.fetch(
            "select id, domain from domain_blocks where account_id = $1 and id < $2 and id > $3"
            " order by id limit $4",
            *arguments,
        )
        rows.reverse()
    else:
        rows = await reader.fetch(
            "select id, domain from domain_blocks where account_id = $1 and id < $2 and id > $3"
            " order by id desc limit $4",
            *arguments,
        )
    return [(row["id"], row["domain"]) for row in rows]


FAMILIAR_SQL = """
select t.id as target_id, f.follower_id
from accounts t cross join lateral (
  select r.follower_id from follows r
  join follows mine on mine.follower_id = $1 and mine.followed_id = r.follower_id
  join accounts a on a.id = r.follower_id
  where r.followed_id = t.id and a.state = any($3::smallint[]) and not a.hide_collections
  order by r.id desc limit $4
) as f
where t.id = any($2::bigint[]) and t.state = any($3::smallint[]) and not t.hide_collections
  and not exists (select 1 from blocks where account_id = t.id and target_id = $1)
"""


async def familiar_followers(
    reader: Reader, viewer_id: int, ids: list[int], *, limit: int
) -> dict[int, list[int]]:
    """Of the accounts the viewer follows, those that follow each of `ids`, newest first, at most `limit` each.

    Whoever hides the collections is neither asked about nor named.
    """
    found: dict[int, list[int]] = {ident: [] for ident in ids}
    for row in await reader.fetch(FAMILIAR_SQL, viewer_id, ids, _SHOWN, limit):
        found[row["target_id"]].append(row["follower_id"])
    return found
