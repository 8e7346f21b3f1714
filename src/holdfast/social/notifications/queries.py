"""Reads of notifications as rows, of who is to be told, and of markers."""

from __future__ import annotations

from ...platform.db import Reader, Row
from ...pure.window import Window
from .model import Entry, Marker, NotificationKind, Wanted

_COLUMNS = """
select n.id, n.kind, n.from_id, coalesce(p.boost_of_id, n.post_id) as post_id, n.created_at
from notifications n left join posts p on p.id = n.post_id
"""
_CONDITION = """
where n.account_id = $1 and not n.dismissed and n.id < $2 and n.id > $3
  and ($4::text[] is null or n.kind = any($4)) and n.kind <> all($5::text[])
  and ($6::bigint is null or n.from_id = $6)
"""
_PAGE_SQL = f"{_COLUMNS} {_CONDITION} order by n.id desc limit $7"
_PAGE_FORWARD_SQL = f"{_COLUMNS} {_CONDITION} order by n.id limit $7"
_ONE_SQL = f"{_COLUMNS} where n.account_id = $1 and n.id = $2 and not n.dismissed"


async def entries(reader: Reader, account_id: int, page: Window, wanted: Wanted, limit: int) -> list[Entry]:
    """Up to `limit` rows within the bounds of `page`; oldest first when it reads forward, else newest first."""
    arguments = (
        account_id, page.below, page.above, None if wanted.kinds is None else sorted(wanted.kinds),
        sorted(wanted.excluded), wanted.from_id, limit,
    )  # fmt: skip
    if page.forward:
        return [_entry(row) for row in await reader.fetch(_PAGE_FORWARD_SQL, *arguments)]
    return [_entry(row) for row in await reader.fetch(_PAGE_SQL, *arguments)]


async def entry(reader: Reader, account_id: int, notification_id: int) -> Entry | None:
    """One of the account's rows."""
    row = await reader.fetchrow(_ONE_SQL, account_id, notification_id)
    return _entry(row) if row else None


def _entry(row: Row) -> Entry:
    return Entry(row["id"], NotificationKind(row["kind"]), row["from_id"], row["post_id"], row["created_at"])


async def followers_to_tell(reader: Reader, author_id: int) -> list[int]:
    """Who asked to be told when this account posts."""
    rows = await reader.fetch("select follower_id from follows where followed_id = $1 and notify", author_id)
    return [row[0] for row in rows]


async def told_or_boosted(reader: Reader, post_id: int) -> list[int]:
    """Who boosted a post or was told of its publication."""
    rows = await reader.fetch(
        "select account_id from posts where boost_of_id = $1"
        " union select account_id from notifications where post_id = $1 and kind = 'post'",
        post_id,
    )
    return [row[0] for row in rows]


async def voters(reader: Reader, poll_id: int) -> list[int]:
    """Who voted in a poll."""
    return [
        row[0] for row in await reader.fetch("select account_id from poll_votes where poll_id = $1", poll_id)
    ]


async def staff(reader: Reader) -> list[int]:
    """Who decides about sign-ups."""
    return [row[0] for row in await reader.fetch("select account_id from users where role <> 'member'")]


# Locked, so that taking the thing back waits until its notification is there to be taken back too.
async def still_favourited(reader: Reader, post_id: int, account_id: int) -> bool:
    """Whether the favourite is still there; in a transaction it stays until that ends."""
    return bool(
        await reader.fetchval(
            "select true from favourites where post_id = $1 and account_id = $2 for key share",
            post_id,
            account_id,
        )
    )


async def still_following(reader: Reader, follower_id: int, followed_id: int) -> bool:
    """Whether the follow is still there; in a transaction it stays until that ends."""
    return bool(
        await reader.fetchval(
            "select true from follows where follower_id = $1 and followed_id = $2 for key share",
            follower_id, followed_id,
        )
    )  # fmt: skip


async def still_requested(reader: Reader, follower_id: int, followed_id: int) -> bool:
    """Whether the request is still there; in a transaction it stays until that ends."""
    return bool(
        await reader.fetchval(
            "select true from follow_requests where follower_id = $1 and followed_id = $2 for key share",
            follower_id, followed_id,
        )
    )  # fmt: skip


QUOTERS_TOLD_MOST = 1_000
"""How many authors of quotes one edit tells; more would be a flood, whoever edits."""


async def quoters(reader: Reader, post_id: int) -> list[tuple[int, int]]:
    """The posts that quote a post with consent and can be seen, with their authors, the newest first."""
    rows = await reader.fetch(
        "select p.id, p.account_id from quotes q join posts p on p.id = q.post_id"
        " where q.quoted_id = $1 and q.state = 1 and p.state = 0 order by p.id desc limit $2",
        post_id, QUOTERS_TOLD_MOST,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def still_boosted(reader: Reader, boost_id: int) -> bool:
    """Whether the boost is still there; in a transaction it stays until that ends."""
    return bool(await reader.fetchval("select true from posts where id = $1 for key share", boost_id))


async def markers(reader: Reader, account_id: int, timelines: list[str]) -> dict[str, Marker]:
    """The account's markers of those timelines that have one."""
    rows = await reader.fetch(
        "select timeline, last_read_id, version, updated_at from markers"
        " where account_id = $1 and timeline = any($2::text[])",
        account_id, timelines,
    )  # fmt: skip
    return {row["timeline"]: Marker(row["last_read_id"], row["version"], row["updated_at"]) for row in rows}
