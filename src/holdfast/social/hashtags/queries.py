"""Reads of followed and featured hashtags."""

from __future__ import annotations

from ...platform.db import Reader, Row
from ...pure.window import Window
from .model import FeaturedTag

_FOLLOWED_SQL = """
select f.id, t.name from tag_follows f join tags t on t.id = f.tag_id
where f.account_id = $1 and f.id < $2 and f.id > $3 order by f.id desc limit $4
"""
_FOLLOWED_FORWARD_SQL = _FOLLOWED_SQL.replace("order by f.id desc", "order by f.id")


async def followed_page(reader: Reader, account_id: int, page: Window) -> list[tuple[int, str]]:
    """One page of what a member follows: (id of the follow, key), the last first."""
    rows = await reader.fetch(
        _FOLLOWED_FORWARD_SQL if page.forward else _FOLLOWED_SQL,
        account_id,
        page.below,
        page.above,
        page.limit,
    )
    if page.forward:
        rows.reverse()
    return [(row["id"], row["name"]) for row in rows]


# Only what everybody can read is counted.
_FEATURED_SQL = """
select f.id, f.tag_id, t.name, t.display, count(p.id) as posts, (max(p.created_at) at time zone 'UTC')::date as last
from featured_tags f join tags t on t.id = f.tag_id
left join lateral (
  select p.id, p.created_at from post_tags pt join posts p on p.id = pt.post_id
  where pt.tag_id = f.tag_id and p.account_id = $1 and p.visibility <= 1 and p.state = 0) p on true
where f.account_id = $1 and ($2::text is null or t.name = $2)
group by f.id, f.tag_id, t.name, t.display order by f.id
"""


async def featured_tags(reader: Reader, account_id: int) -> list[FeaturedTag]:
    """What stands on a profile, the oldest first."""
    return [_featured(row) for row in await reader.fetch(_FEATURED_SQL, account_id, None)]


async def featured_tag(reader: Reader, account_id: int, key: str) -> FeaturedTag:
    """One that stands on the profile."""
    return _featured((await reader.fetch(_FEATURED_SQL, account_id, key))[0])


async def featured_names(reader: Reader, account_id: int) -> frozenset[str]:
    """Keys of the hashtags that stand on a profile."""
    rows = await reader.fetch(
        "select t.name from featured_tags f join tags t on t.id = f.tag_id where f.account_id = $1",
        account_id,
    )
    return frozenset(row[0] for row in rows)


async def tags_to_feature(reader: Reader, account_id: int, *, most: int) -> list[str]:
    """Keys of the hashtags that a member used last in the open and does not feature yet."""
    rows = await reader.fetch(
        "select t.name from ("
        "  select pt.tag_id, max(pt.post_id) as last from post_tags pt join ("
        "    select id from posts where account_id = $1 and visibility <= 1 and state = 0 order by id desc limit 500)"
        "    p on p.id = pt.post_id"
        "  where not exists (select 1 from featured_tags f where f.account_id = $1 and f.tag_id = pt.tag_id)"
        "  group by pt.tag_id order by last desc limit $2) used join tags t on t.id = used.tag_id order by used.last desc",
        account_id, most,
    )  # fmt: skip
    return [row[0] for row in rows]


def _featured(row: Row) -> FeaturedTag:
    return FeaturedTag(row["id"], row["tag_id"], row["name"], row["display"], row["posts"], row["last"])
