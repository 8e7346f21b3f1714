"""Reads of who did what with a post, and of what a member collected."""

from __future__ import annotations

from ...platform.db import Reader
from ...pure.window import Window

# Rows: (row id, account or post id); $1 whose, $2 below, $3 above, $4 limit.
# The first statement of each pair reads from the newest down, the second from the oldest up.
FAVOURITED_BY = (
    "select id, account_id from favourites where post_id = $1 and id < $2 and id > $3 order by id desc limit $4",
    "select id, account_id from favourites where post_id = $1 and id < $2 and id > $3 order by id limit $4",
)
# A boost for followers is told to nobody else.
BOOSTED_BY = (
    """select id, account_id from posts where boost_of_id = $1 and visibility <= 1 and id < $2 and id > $3
    order by id desc limit $4""",
    """select id, account_id from posts where boost_of_id = $1 and visibility <= 1 and id < $2 and id > $3
    order by id limit $4""",
)
FAVOURITES = (
    "select id, post_id from favourites where account_id = $1 and id < $2 and id > $3 order by id desc limit $4",
    "select id, post_id from favourites where account_id = $1 and id < $2 and id > $3 order by id limit $4",
)
BOOKMARKS = (
    "select id, post_id from bookmarks where account_id = $1 and id < $2 and id > $3 order by id desc limit $4",
    "select id, post_id from bookmarks where account_id = $1 and id < $2 and id > $3 order by id limit $4",
)


async def collected(
    reader: Reader, listing: tuple[str, str], whose: int, page: Window
) -> list[tuple[int, int]]:
    """One page of a listing above, newest first: (row id for the cursor, account or post id)."""
    newest_down, oldest_up = listing
    rows = await reader.fetch(
        oldest_up if page.forward else newest_down, whose, page.below, page.above, page.limit
    )
    if page.forward:
        rows.reverse()
    return [(row[0], row[1]) for row in rows]


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
