"""Reads of who did what with a post, and of what a member collected."""

from __future__ import annotations

from ...platform.db import Reader

# Rows: (row id, account or post id), newest first; $1 whose, $2 below, $3 above, $4 limit.
FAVOURITED_BY_SQL = "select id, account_id from favourites where post_id = $1 and id < $2 and id > $3 order by id desc limit $4"
BOOSTED_BY_SQL = "select id, account_id from posts where boost_of_id = $1 and id < $2 and id > $3 order by id desc limit $4"
FAVOURITES_SQL = "select id, post_id from favourites where account_id = $1 and id < $2 and id > $3 order by id desc limit $4"
BOOKMARKS_SQL = "select id, post_id from bookmarks where account_id = $1 and id < $2 and id > $3 order by id desc limit $4"


async def collected(
    reader: Reader, sql: str, whose: int, below: int, above: int, limit: int
) -> list[tuple[int, int]]:
    """One page of a list above: (row id for the cursor, account or post id)."""
    return [(row[0], row[1]) for row in await reader.fetch(sql, whose, below, above, limit)]


async def boost_by(reader: Reader, account_id: int, post_id: int) -> int | None:
    """The account's boost of a post, if there is one."""
    found: int | None = await reader.fetchval(
        "select id from posts where boost_of_id = $1 and account_id = $2", post_id, account_id
    )
    return found


async def post_of_poll(reader: Reader, poll_id: int) -> int | None:
    """The post that a poll belongs to."""
    found: int | None = await reader.fetchval("select post_id from polls where id = $1", poll_id)
    return found
