"""Reads of lists. Each takes the owner: nobody else's are ever read."""

from __future__ import annotations

from collections.abc import Iterable

from ...platform.cache import PageCache
from ...platform.db import Database, Reader, Row
from ...platform.stamps import Kind, slot
from ...pure.window import Window
from ..accounts import SHOWN_STATES
from .errors import ListNotVisible
from .model import ListView, RepliesPolicy

_SHOWN = sorted(state.value for state in SHOWN_STATES)


async def lists_of(reader: Reader, account_id: int) -> list[ListView]:
    """All lists of a member, oldest first."""
    rows = await reader.fetch(
        "select id, title, replies_policy, exclusive from lists where account_id = $1 order by id", account_id
    )
    return [_view(row) for row in rows]


async def one_list(reader: Reader, account_id: int, list_id: int) -> ListView:
    """One list of the member's; raises ListNotVisible."""
    row = await reader.fetchrow(
        "select id, title, replies_policy, exclusive from lists where account_id = $1 and id = $2",
        account_id, list_id,
    )  # fmt: skip
    if row is None:
        raise ListNotVisible
    return _view(row)


async def lists_with(reader: Reader, account_id: int, member_id: int) -> list[ListView]:
    """Those of the member's lists that hold an account."""
    rows = await reader.fetch(
        "select l.id, l.title, l.replies_policy, l.exclusive from lists l join list_members m on m.list_id = l.id"
        " where l.account_id = $1 and m.account_id = $2 order by l.id",
        account_id, member_id,
    )  # fmt: skip
    return [_view(row) for row in rows]


async def lists_holding(
    reader: Reader, list_ids: Iterable[int], account_ids: Iterable[int]
) -> list[tuple[int, int]]:
    """Which of these lists, whoever owns them, hold which of these accounts: (list id, account id)."""
    rows = await reader.fetch(
        "select list_id, account_id from list_members"
        " where list_id = any($1::bigint[]) and account_id = any($2::bigint[])",
        list(list_ids), list(account_ids),
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


# A member that is not followed any more leaves by a reaction; until then it is not shown.
# $1 list, $2 owner, $3 shown states, $4 below, $5 above, $6 limit or null for all
_MEMBERS_SQL = """
select m.id, m.account_id from list_members m join accounts a on a.id = m.account_id
where m.list_id = $1 and a.state = any($3::smallint[]) and m.id < $4 and m.id > $5
  and (m.account_id = $2 or exists (select 1 from follows where follower_id = $2 and followed_id = m.account_id)
       or exists (select 1 from follow_requests where follower_id = $2 and followed_id = m.account_id))
order by m.id desc limit $6
"""
_MEMBERS_FORWARD_SQL = _MEMBERS_SQL.replace("order by m.id desc", "order by m.id")


async def list_members_page(
    reader: Reader, account_id: int, list_id: int, window: Window, *, everybody: bool = False
) -> list[tuple[int, int]]:
    """One page of a list's members, newest first: (id of the membership, account id). `everybody`: however many.

    Raises ListNotVisible.
    """
    await one_list(reader, account_id, list_id)
    rows = await reader.fetch(
        _MEMBERS_FORWARD_SQL if window.forward else _MEMBERS_SQL,
        list_id, account_id, _SHOWN, window.below, window.above,
        None if everybody else window.limit,
    )  # fmt: skip
    if window.forward:
        rows.reverse()
    return [(row["id"], row["account_id"]) for row in rows]


class ListReader:
    """Lists with the ids of their members, cached; each depends on the one stamp (LISTS, owner)."""

    def __init__(self, database: Database, capacity: int = 5_000) -> None:
        self._database = database
        self._cache: PageCache[tuple[int, int], tuple[ListView, frozenset[int]] | None] = PageCache(
            database.stamps, capacity
        )

    async def with_members(self, account_id: int, list_id: int) -> tuple[ListView, frozenset[int]]:
        """A list of the member's and everybody in it, followed or not; raises ListNotVisible."""
        found = await self._cache.get(
            (account_id, list_id), [slot(Kind.LISTS, account_id)], lambda: self._load(account_id, list_id)
        )
        if found is None:
            raise ListNotVisible
        return found

    async def _load(self, account_id: int, list_id: int) -> tuple[ListView, frozenset[int]] | None:
        try:
            found = await one_list(self._database, account_id, list_id)
        except ListNotVisible:
            return None
        rows = await self._database.fetch("select account_id from list_members where list_id = $1", list_id)
        return found, frozenset(row[0] for row in rows)


def _view(row: Row) -> ListView:
    return ListView(row["id"], row["title"], RepliesPolicy(row["replies_policy"]), row["exclusive"])
