"""Where new posts belong: the timelines' own rules, asked of single posts, for streams."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader


class Place(msgspec.Struct, frozen=True):
    """Where a post that can be seen belongs. `public`: in the public timelines; `tags`: in these hashtags' timelines."""

    post_id: int
    author_id: int
    local: bool
    public: bool
    media: bool
    tags: tuple[str, ...]


# The conditions are those of PUBLIC_SQL and TAG_SQL in queries.py: change them together.
_PLACES_SQL = """
select p.id, p.account_id, a.domain is null as local,
       p.visibility = 0 and p.boost_of_id is null and not p.limited_reach and a.state in (0, 4)
         and a.limited_at is null as open,
       p.in_reply_to_account_id is null or p.in_reply_to_account_id = p.account_id as not_to_others,
       exists (select 1 from media m where m.post_id = p.id and m.position is not null) as media,
       case when p.visibility = 0 and p.boost_of_id is null then
         array(select t.name from post_tags pt join tags t on t.id = pt.tag_id where pt.post_id = p.id) end as tags
from posts p join accounts a on a.id = p.account_id
where p.id = any($1::bigint[]) and p.state = 0
"""


async def places_of(reader: Reader, post_ids: list[int]) -> dict[int, Place]:
    """Where these posts belong; held, withdrawn and missing ones are left out."""
    return {
        row["id"]: Place(
            row["id"],
            row["account_id"],
            row["local"],
            row["open"] and row["not_to_others"],
            row["media"],
            tuple(row["tags"] or ()) if row["open"] else (),
        )
        for row in await reader.fetch(_PLACES_SQL, post_ids)
    }
