"""Which case a post is a copy for: looked up by what it looks like, checked by reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.entities import Url, find_entities
from ...pure.near_duplicates import LINK_WORDS, print_of
from .model import CLOSENESS, Content, Match, how_alike

KNOWN_DAYS: Final = 90
"""How long a decided case is looked for by its copies."""
_FRAGMENT = re.compile(r"#.*$")


_POSTS_SQL = """
select p.id, p.account_id, p.thread_id, p.text, p.spoiler, p.language, p.edited_at, p.created_at,
       (select options from polls where post_id = p.id) as options,
       array(select 'sha256:' || encode(source_sha256, 'hex') from media where post_id = p.id and position is not null
             order by 1) as media
from posts p where p.id = any($1::bigint[]) and p.boost_of_id is null
"""
_COLUMNS = """
select p.case_id, p.text, p.slotted, p.words, p.thread_id, p.first, p.exact, p.link, p.media, c.lane, c.category,
       c.closed_at, c.decision_id, c.outcome
from case_prints p join cases c on c.id = p.case_id
"""
_LOOK_UP_SQL = f"""
({_COLUMNS} where p.exact = $1 and p.at > $6 and c.track = 'main' order by c.closed_at is not null, c.id desc limit 20)
union all
({_COLUMNS} where p.slotted = $2 and p.at > $6 and c.track = 'main' order by c.closed_at is not null, c.id desc limit 20)
union all
({_COLUMNS} where p.link = $4 and p.at > $6 and c.track = 'main' order by c.closed_at is not null, c.id desc limit 5)
union all
({_COLUMNS} where p.media && $5::text[] and p.media <> '{{}}' and p.at > $6 and c.track = 'main'
   order by c.closed_at is not null, c.id desc limit 5)
union all
({_COLUMNS} where p.first and p.at > $6 and c.track = 'main' and p.case_id in (
   select case_id from case_bands where value = any($3::bigint[]) group by case_id order by count(*) desc limit 20))
"""


async def contents(reader: Reader, post_ids: Sequence[int]) -> dict[int, Content]:
    """What posts look like; boosts and what is gone are left out."""
    return {row["id"]: _content(row) for row in await reader.fetch(_POSTS_SQL, list(post_ids))}


def _content(row: Row) -> Content:
    parts = (row["spoiler"], row["text"], *(row["options"] or ()))
    text = "\n".join(part for part in parts if part)
    mark = print_of(text)
    link = None
    if mark.words <= LINK_WORDS:
        links = [entity.value for entity in find_entities(text) if isinstance(entity, Url)]
        link = _FRAGMENT.sub("", links[0]) if len(set(links)) == 1 else None
    return Content(
        row["id"], row["account_id"], row["thread_id"], row["language"], row["edited_at"], row["created_at"], mark,
        link, tuple(row["media"]),
    )  # fmt: skip


async def find_match(reader: Reader, content: Content, since: Instant) -> Match | None:
    """The case that a post is a copy for: an open one before a decided one, the closest first. `since`: older ones are
    not looked at."""
    if content.blank:
        return None
    mark = content.mark
    rows = await reader.fetch(
        _LOOK_UP_SQL, mark.exact if mark.text else None, mark.slotted, list(mark.bands), content.link,
        list(content.media) if content.is_little else [], since,
    )  # fmt: skip
    found: list[tuple[bool, int, int, Match]] = []
    for row in rows:
        how = how_alike(content, dict(row))
        if how is not None:
            match = Match(
                row["case_id"], how, row["lane"], row["closed_at"], row["decision_id"], row["outcome"]
            )
            found.append((row["closed_at"] is not None, CLOSENESS.index(how), -row["case_id"], match))
    return min(found, key=lambda one: one[:3])[3] if found else None


_SUSPECTS_SQL = """
select exact as value, null as name, null::bigint as band from case_prints where exact = any($1::bytea[]) and at > $6
union all select slotted, null, null from case_prints where slotted = any($2::bytea[]) and at > $6
union all select null, link, null from case_prints where link = any($3::text[]) and at > $6
union all select null, unnest(media), null from case_prints where media && $4::text[] and at > $6
union all select null, null, value from case_bands where value = any($5::bigint[])
"""


async def suspects(reader: Reader, found: Iterable[Content], since: Instant) -> list[Content]:
    """Those of many posts that may be copies of something, by one query; `find_match` says which are."""
    posts = [content for content in found if not content.blank]
    bands = sorted({band for content in posts for band in content.mark.bands})
    rows = await reader.fetch(
        _SUSPECTS_SQL, [one.mark.exact for one in posts if one.mark.text],
        [one.mark.slotted for one in posts if one.mark.slotted], [one.link for one in posts if one.link],
        sorted({name for one in posts for name in one.media}), bands, since,
    )  # fmt: skip
    known = {one for row in rows for one in row} - {None}
    return [
        one
        for one in posts
        if not known.isdisjoint((one.mark.exact, one.mark.slotted, one.link, *one.media, *one.mark.bands))
    ]


_FIRST_SQL = """
select p.case_id, p.text, p.slotted, p.words, p.thread_id, p.first, p.exact, p.link, p.media, c.lane, c.category,
       c.closed_at, c.decision_id, c.outcome
from case_prints p join cases c on c.id = p.case_id where p.case_id = $1 and p.first
"""


async def says_still(reader: Reader, content: Content, case_id: int) -> bool:
    """Whether a post that was edited still says what its case is about."""
    row = await reader.fetchrow(_FIRST_SQL, case_id)
    return row is not None and how_alike(content, dict(row)) is not None
