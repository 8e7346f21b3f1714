"""Reads of the search index: ids that still go through the gates, and hashtags with their use in public."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader
from ...platform.ids import id_at
from ...pure.names import normalise_hashtag
from ..accounts import SHOWN_STATES
from .model import PostQuery, Tag, TagDay, history_days

# `phraseto_tsquery` takes any text; its output is quoted, so joining it cannot go wrong either.
_QUERY_SQL = """
select string_agg(parsed.query::text, ' & ')
from unnest($1::text[]) as wanted (phrase), phraseto_tsquery('simple', wanted.phrase) as parsed (query)
where numnode(parsed.query) > 0
"""

# What a member may search: what they wrote, kept, passed on or were named in, and the public posts of accounts that
# agreed to be found. $2 member, $3 below, $4 above, $5 states of accounts that are shown.
_MAY_SEARCH = """
    p.state = 0
    and (s.account_id = $2
         or (p.visibility = 0 and a.indexable and a.state = any($5::smallint[]))
         or exists (select 1 from favourites f where f.account_id = $2 and f.post_id = s.post_id)
         or exists (select 1 from bookmarks b where b.account_id = $2 and b.post_id = s.post_id)
         or exists (select 1 from mentions m where m.account_id = $2 and m.post_id = s.post_id)
         or exists (select 1 from posts o where o.boost_of_id = s.post_id and o.account_id = $2))
order by s.post_id desc limit $6 offset $7
"""
_JOINED = "join posts p on p.id = s.post_id join accounts a on a.id = s.account_id where"

# No single plan is good for frequent and for rare words, and the planner, which sees the statement before the word,
# takes one for both. So there are two statements: frequent words are found among the newest posts, and a word that
# is not is rare enough for the index of words.
RECENT_POSTS = 5_000
_RECENT_SQL = f"""
select s.post_id from (
    select post_id, account_id, words from post_search where post_id < $3 and post_id > $4
    order by post_id desc limit $8) s
{_JOINED} s.words @@ $1::text::tsquery and {_MAY_SEARCH}
"""
_ALL_SQL = f"""
with s as materialized (
    select post_id, account_id from post_search where words @@ $1::text::tsquery and post_id < $3 and post_id > $4)
select s.post_id from s
{_JOINED} {_MAY_SEARCH}
"""
_OF_AUTHOR_SQL = f"""
select s.post_id from post_search s
{_JOINED} p.account_id = $8 and p.id < $3 and p.id > $4 and s.words @@ $1::text::tsquery and {_MAY_SEARCH}
"""


async def find_posts(reader: Reader, viewer_id: int, wanted: PostQuery) -> list[int]:
    """Ids of posts that the member may search and that hold every phrase, newest first."""
    if not wanted.phrases:
        return []
    query: str | None = await reader.fetchval(_QUERY_SQL, wanted.phrases)
    if query is None:
        return []
    shown = [state.value for state in SHOWN_STATES]
    arguments = (query, viewer_id, wanted.below, wanted.above, shown, wanted.limit, wanted.offset)
    if wanted.author_id is not None:
        rows = await reader.fetch(_OF_AUTHOR_SQL, *arguments, wanted.author_id)
    else:
        rows = await reader.fetch(_RECENT_SQL, *arguments, RECENT_POSTS)
        if len(rows) < wanted.limit:
            rows = await reader.fetch(_ALL_SQL, *arguments)
    return [row[0] for row in rows]


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
