"""Reads of the history. For operators: no viewer is asked, and nothing of it is shown to members."""

from __future__ import annotations

from typing import NamedTuple

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from .model import Range

_PAGE_SQL = """
select p.id, p.account_id, p.state, p.boost_of_id is not null as boost, p.text, p.spoiler, p.language,
       p.in_reply_to_account_id is not null as is_reply,
       array(select description from media where post_id = p.id and position is not null order by position) as media,
       array(select 'sha256:' || encode(source_sha256, 'hex') from media where post_id = p.id and position is not null
             union all select 'pdq:' || encode(pdq, 'hex') from media
               where post_id = p.id and position is not null and pdq is not null) as media_hashes,
       exists (select 1 from quotes where post_id = p.id) as is_quote, p.imported is not null as imported, p.created_at, p.edited_at,
       a.created_at as author_created_at, (select options from polls where post_id = p.id) as poll_options,
       (select case when v.at >= coalesce(p.edited_at, p.created_at) then v.version end
          from post_verdicts v where v.post_id = p.id order by v.id desc limit 1) as version
from posts p join accounts a on a.id = p.account_id
where p.id > $1 and p.id <= $2 order by p.id limit $3
"""

# A withdrawn post that was edited may say now what nobody looked at; a released one counts when what it says now was held.
_DECISIONS_SQL = """
select p.id, p.state = 2 as violating from posts p
where p.id = any($1::bigint[])
  and ((p.state = 2 and p.edited_at is null)
       or (p.state = 0 and exists (select 1 from post_verdicts v where v.post_id = p.id and v.action = 'hold'
                                   and v.at >= coalesce(p.edited_at, p.created_at))))
"""


class Span(NamedTuple):
    """When the first and the last post of a range were written."""

    first_at: Instant
    last_at: Instant


async def page_rows(reader: Reader, stretch: Range, *, limit: int) -> list[Row]:
    """The next rows, boosts among them."""
    return await reader.fetch(_PAGE_SQL, stretch.after_id, stretch.until_id, limit)


async def visible_before(reader: Reader, account_ids: list[int], post_id: int) -> dict[int, int]:
    """How many visible posts and boosts each account has before an id."""
    rows = await reader.fetch(
        "select account_id, count(*) from posts where account_id = any($1::bigint[]) and id < $2 and state = 0"
        " group by account_id",
        account_ids, post_id,
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


async def count_posts(reader: Reader, stretch: Range) -> int:
    """Posts of the range, without boosts."""
    found: int = await reader.fetchval(
        "select count(*) from posts where id > $1 and id <= $2 and boost_of_id is null",
        stretch.after_id, stretch.until_id,
    )  # fmt: skip
    return found


async def last_posts_start(reader: Reader, stretch: Range, *, limit: int) -> int:
    """The `after_id` that leaves the newest `limit` posts of the range."""
    first = await reader.fetchval(
        "select id from posts where id > $1 and id <= $2 and boost_of_id is null order by id desc offset $3 limit 1",
        stretch.after_id, stretch.until_id, limit - 1,
    )  # fmt: skip
    return stretch.after_id if first is None else int(first) - 1


async def span(reader: Reader, stretch: Range) -> Span | None:
    """When the range begins and ends; None when it is empty."""
    row = await reader.fetchrow(
        "select min(created_at) as first_at, max(created_at) as last_at from posts"
        " where id > $1 and id <= $2 and boost_of_id is null",
        stretch.after_id, stretch.until_id,
    )  # fmt: skip
    return Span(row["first_at"], row["last_at"]) if row and row["first_at"] else None


async def human_decisions(reader: Reader, post_ids: list[int]) -> dict[int, bool]:
    """Those of these posts that a person decided about: True withdrawn, False released after it had been held."""
    return {row[0]: row[1] for row in await reader.fetch(_DECISIONS_SQL, post_ids)}


async def handles(reader: Reader, account_ids: list[int]) -> dict[int, str]:
    """Names of accounts, with their domain where they are of elsewhere."""
    rows = await reader.fetch(
        "select id, username, domain from accounts where id = any($1::bigint[])", account_ids
    )
    return {row["id"]: row["username"] + (f"@{row['domain']}" if row["domain"] else "") for row in rows}
