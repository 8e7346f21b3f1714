"""Reads of filters. Each takes the owner: nobody else's are ever read."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader, Row
from .errors import FilterNotVisible
from .model import FilterAction, FilterContext, FilteredPost, FilterSet, FilterView, Keyword

# $1 owner, $2 one filter or null for all
_FILTERS_SQL = """
select f.id, f.title, f.contexts, f.action, f.expires_at,
       coalesce((select jsonb_agg(jsonb_build_object('id', k.id, 'keyword', k.keyword, 'whole_word', k.whole_word)
                 order by k.id) from filter_keywords k where k.filter_id = f.id), '[]')::text as keywords,
       coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'post_id', p.post_id) order by p.id)
                 from filter_posts p where p.filter_id = f.id), '[]')::text as posts
from filters f where f.account_id = $1 and ($2::bigint is null or f.id = $2) order by f.id
"""
_keywords = msgspec.json.Decoder(list[Keyword])
_posts = msgspec.json.Decoder(list[FilteredPost])


async def filters_of(reader: Reader, account_id: int) -> list[FilterView]:
    """All filters of a member, expired ones too, oldest first."""
    return [_view(row) for row in await reader.fetch(_FILTERS_SQL, account_id, None)]


async def one_filter(reader: Reader, account_id: int, filter_id: int) -> FilterView:
    """One filter of the member's; raises FilterNotVisible."""
    rows = await reader.fetch(_FILTERS_SQL, account_id, filter_id)
    if not rows:
        raise FilterNotVisible
    return _view(rows[0])


async def filter_of_keyword(reader: Reader, account_id: int, keyword_id: int) -> tuple[FilterView, Keyword]:
    """A keyword of the member's with its filter; raises FilterNotVisible."""
    filter_id = await reader.fetchval("select filter_id from filter_keywords where id = $1", keyword_id)
    found = await one_filter(reader, account_id, -1 if filter_id is None else filter_id)
    return found, next(keyword for keyword in found.keywords if keyword.id == keyword_id)


async def filter_of_post(
    reader: Reader, account_id: int, filtered_id: int
) -> tuple[FilterView, FilteredPost]:
    """The naming of a post by a filter of the member's; raises FilterNotVisible."""
    filter_id = await reader.fetchval("select filter_id from filter_posts where id = $1", filtered_id)
    found = await one_filter(reader, account_id, -1 if filter_id is None else filter_id)
    return found, next(post for post in found.posts if post.id == filtered_id)


async def filter_set(reader: Reader, account_id: int) -> FilterSet:
    """The member's filters, compiled."""
    return FilterSet(await filters_of(reader, account_id))


def _view(row: Row) -> FilterView:
    return FilterView(
        row["id"], row["title"], [FilterContext(name) for name in row["contexts"]], FilterAction(row["action"]),
        row["expires_at"], _keywords.decode(row["keywords"]), _posts.decode(row["posts"]),
    )  # fmt: skip
