"""Reads of the search index: ids that still go through the gates, and hashtags with their use in public."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader
from ...platform.ids import id_at
from ...pure.names import normalise_hashtag
from ..accounts import SHOWN_STATES
from .model import (
    STRETCHES,
    PostQuery,
    Tag,
    TagDay,
    bounds_of,
    history_days,
    stretches_begin,
    tsquery_of,
    within_stretches,
)

# What a member may search: what they wrote, kept, passed on or were named in, and the public posts of accounts that
# agreed to be found. $1 query, $2 member, $3 below, $4 above, $5 states of accounts that are shown, $6 only public ones.
# PostgreSQL plans before it sees the query, and would walk down the primary key for a word that hardly any post has:
# `+ 0` and `materialized` leave it the index of words alone.
_FIND_SQL = """
with s as materialized (
    select post_id, account_id, public from post_search
    where words @@ $1::text::tsquery and post_id + 0 < $3 and post_id + 0 > $4)
select s.post_id from s join accounts a on a.id = s.account_id
where ((s.public and a.indexable and a.state = any($5::smallint[])
        and (a.limited_at is null or exists (select 1 from follows where follower_id = $2 and followed_id = a.id)))
       or (not $6::boolean and (
         s.account_id = $2
         or exists (select 1 from favourites f where f.account_id = $2 and f.post_id = s.post_id)
         or exists (select 1 from bookmarks b where b.account_id = $2 and b.post_id = s.post_id)
         or exists (select 1 from mentions m where m.account_id = $2 and m.post_id = s.post_id)
         or exists (select 1 from posts o where o.boost_of_id = s.post_id and o.account_id = $2))))
order by s.post_id desc limit $7 offset $8
"""
_NEWEST_SQL = "select max(post_id) from post_search where post_id < $1"

# The newest $3 posts below $2 that the member wrote, kept, passed on or was named in; of them, those that match.
_LIBRARY_SQL = """
with part as (
    select post_id from (
        (select id as post_id from posts where account_id = $1 and id < $2 order by id desc limit $3)
        union (select boost_of_id from posts where account_id = $1 and boost_of_id is not null and boost_of_id < $2
               order by boost_of_id desc limit $3)
        union (select post_id from favourites where account_id = $1 and post_id < $2 order by post_id desc limit $3)
        union (select post_id from bookmarks where account_id = $1 and post_id < $2 order by post_id desc limit $3)
        union (select post_id from mentions where account_id = $1 and post_id < $2 order by post_id desc limit $3)
    ) as kept order by post_id desc limit $3)
select count(*) as looked_at, min(part.post_id) as lowest,
       coalesce(array_agg(part.post_id order by part.post_id desc)
                filter (where s.words @@ $4::text::tsquery and part.post_id > $5), '{}') as ids
from part left join post_search s on s.post_id = part.post_id
"""
LIBRARY_PART = 2_000
LIBRARY_MOST = 50_000
"""Posts of a member's own library that one search looks at, the newest first; nobody waits for more."""


async def find_posts(reader: Reader, viewer_id: int, wanted: PostQuery) -> list[int]:
    """Ids of posts that the member may search and that the query means, newest first.

    A query that only says what is left out is answered from the last half year.
    """
    query = tsquery_of(wanted)
    if not query or wanted.author_ids == ():
        return []
    below, above = bounds_of(wanted.asked, wanted.below, wanted.above)
    if wanted.asked.within == "library":
        return await _in_library(reader, viewer_id, wanted, query, (below, above))
    shown = [state.value for state in SHOWN_STATES]

    async def find(narrowed: str, floor: int) -> list[int]:
        rows = await reader.fetch(
            _FIND_SQL, narrowed, viewer_id, below, floor, shown, wanted.asked.within == "public",
            wanted.limit, wanted.offset,
        )  # fmt: skip
        return [row[0] for row in rows]

    newest: int | None = await reader.fetchval(_NEWEST_SQL, below)
    if newest is None or newest <= above:
        return []
    # A frequent word has thousands of posts and the newest twenty are wanted: so ever longer stretches are looked at.
    # Each costs what it finds, and a stretch is sixteen times the one before, so no more than that is found in vain.
    ids: list[int] = []
    for length in STRETCHES:
        begins = stretches_begin(length, newest)
        ids = await find(f"({query}) & ({within_stretches(length, newest)})", max(above, begins - 1))
        if len(ids) == wanted.limit or begins <= above:
            return ids
    return await find(query, above) if wanted.asked.asks else ids


async def _in_library(
    reader: Reader, viewer_id: int, wanted: PostQuery, query: str, bounds: tuple[int, int]
) -> list[int]:
    below, above = bounds
    found: list[int] = []
    for _ in range(LIBRARY_MOST // LIBRARY_PART):
        row = await reader.fetchrow(_LIBRARY_SQL, viewer_id, below, LIBRARY_PART, query, above)
        if row is None:
            break
        found += row["ids"]
        enough = len(found) >= wanted.offset + wanted.limit
        if enough or row["looked_at"] < LIBRARY_PART or row["lowest"] <= above:
            break
        below = row["lowest"]
    return found[wanted.offset : wanted.offset + wanted.limit]


# A hashtag is known when a public post has it: the names that people use in private are nobody's business.
_PUBLIC_USE = """
exists (select 1 from post_tags pt join posts p on p.id = pt.post_id join accounts a on a.id = p.account_id
        where pt.tag_id = t.id and p.visibility = 0 and p.state = 0 and a.state in (0, 4))
"""
# The shortest names are the likeliest answers, and looking at so many bounds the cost of a prefix such as "a".
_TAGS_SQL = f"""
select t.id, t.name, t.display from (
    select id, name, display from tags where name like $1 || '%' order by length(name), name limit 1000) t
where {_PUBLIC_USE}
order by (t.name = $2) desc,
         (select count(*) from post_tags pt where pt.tag_id = t.id and pt.post_id >= $3) desc, t.name
limit $4 offset $5
"""
_TAG_SQL = f"select t.id, t.name, t.display from tags t where t.name = $1 and {_PUBLIC_USE}"
_NAMED_SQL = f"select t.id, t.name, t.display from tags t where t.name = any($1::text[]) and {_PUBLIC_USE}"
_HISTORY_SQL = """
select pt.tag_id, (p.created_at at time zone 'UTC')::date as day, count(*) as uses,
       count(distinct p.account_id) as accounts
from post_tags pt join posts p on p.id = pt.post_id
where pt.tag_id = any($1::bigint[]) and pt.post_id >= $2 and p.visibility = 0 and p.state = 0
group by 1, 2
"""


async def find_tags(reader: Reader, prefix: str, *, limit: int, offset: int, now: Instant) -> list[Tag]:
    """Hashtags that begin with `prefix` (folded, `#` or not): the exact one first, then those used most this week."""
    key = normalise_hashtag(prefix.strip())
    if not key:
        return []
    pattern = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await reader.fetch(_TAGS_SQL, pattern, key, _week_ago(now), limit, offset)
    return await _with_history(reader, [tuple(row) for row in rows], now)


async def tag_by_name(reader: Reader, name: str, now: Instant) -> Tag | None:
    """One hashtag, with an empty history and no id when no public post has it; None for a text that names none."""
    key = normalise_hashtag(name)
    if not key:
        return None
    row = await reader.fetchrow(_TAG_SQL, key)
    if row is None:
        return Tag(None, key, name.removeprefix("#"), [TagDay(day, 0, 0) for day in history_days(now)])
    return (await _with_history(reader, [tuple(row)], now))[0]


async def tags_named(reader: Reader, keys: list[str], now: Instant) -> list[Tag]:
    """Hashtags by their keys, in that order; one that no public post has is known by its key alone."""
    rows = await reader.fetch(_NAMED_SQL, keys)
    found = {tag.name: tag for tag in await _with_history(reader, [tuple(row) for row in rows], now)}
    unused = [TagDay(day, 0, 0) for day in history_days(now)]
    return [found.get(key) or Tag(None, key, key, unused) for key in keys]


async def _with_history(reader: Reader, tags: list[tuple[int, str, str]], now: Instant) -> list[Tag]:
    if not tags:
        return []
    rows = await reader.fetch(_HISTORY_SQL, [ident for ident, _, _ in tags], _week_ago(now))
    used = {(row["tag_id"], row["day"]): (row["uses"], row["accounts"]) for row in rows}
    days = history_days(now)
    return [
        Tag(ident, name, display, [TagDay(day, *used.get((ident, day), (0, 0))) for day in days])
        for ident, name, display in tags
    ]


def _week_ago(now: Instant) -> int:
    oldest = history_days(now)[-1]
    return id_at(
        now.replace(
            year=oldest.year, month=oldest.month, day=oldest.day, hour=0, minute=0, second=0, microsecond=0
        )
    )
