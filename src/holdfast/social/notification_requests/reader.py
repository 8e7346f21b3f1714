"""Reads of requests: senders whose notifications a member's policy keeps apart."""

from __future__ import annotations

from ...platform.clock import Clock
from ...platform.db import Database
from ...pure.window import Window
from ..accounts import AccountReader
from ..graph import Viewer
from ..notifications import NotificationNotVisible, away
from ..posts import PostReader
from .views import RequestView

COUNTED_MOST = 100
"""Notifications of one sender, and requests, are counted up to this."""

_MINE = """
from notification_requests r join accounts a on a.id = r.from_id and a.state in (0, 4)
cross join lateral (
    select count(*) as told from (
        select 1 from notifications n where n.account_id = r.account_id and n.from_id = r.from_id and n.filtered
        and not n.dismissed limit $3) as counted) as c
where r.account_id = $1 and r.from_id <> all($2::bigint[]) and c.told > 0
"""
_COLUMNS = f"select r.id, r.from_id, r.last_post_id, r.created_at, r.updated_at, c.told {_MINE}"
_PAGE_SQL = f"{_COLUMNS} and r.id < $4 and r.id > $5 order by r.id desc limit $6"
_PAGE_FORWARD_SQL = f"{_COLUMNS} and r.id < $4 and r.id > $5 order by r.id limit $6"
_ONE_SQL = f"{_COLUMNS} and r.id = $4"
_SUMMARY_SQL = (
    f"select count(*), coalesce(sum(told), 0)::bigint from (select c.told {_MINE} limit $3) as counted"
)


class RequestReader:
    """Requests of a signed-in member; none of senders whom the member turned away since."""

    def __init__(self, database: Database, accounts: AccountReader, posts: PostReader, clock: Clock) -> None:
        self._database = database
        self._accounts = accounts
        self._posts = posts
        self._clock = clock

    async def page(self, viewer: Viewer, page: Window) -> list[RequestView]:
        """One page, newest first."""
        sql = _PAGE_FORWARD_SQL if page.forward else _PAGE_SQL
        found = await self._views(viewer, sql, page.below, page.above, page.limit)
        return found[::-1] if page.forward else found

    async def one(self, viewer: Viewer, request_id: int) -> RequestView:
        """One; raises NotificationNotVisible."""
        found = await self._views(viewer, _ONE_SQL, request_id)
        if not found:
            raise NotificationNotVisible
        return found[0]

    async def summary(self, viewer: Viewer) -> tuple[int, int]:
        """How many requests wait, and how many notifications in them; both counted up to a bound."""
        gone = away(viewer, self._clock.now())
        row = await self._database.fetchrow(_SUMMARY_SQL, viewer.account_id, gone, COUNTED_MOST)
        return (row[0], row[1]) if row else (0, 0)

    async def _views(self, viewer: Viewer, sql: str, *bounds: int) -> list[RequestView]:
        gone = away(viewer, self._clock.now())
        rows = await self._database.fetch(sql, viewer.account_id, gone, COUNTED_MOST, *bounds)
        accounts = await self._accounts.get_many(row["from_id"] for row in rows)
        about = [row["last_post_id"] for row in rows if row["last_post_id"] is not None]
        posts = {seen.post.id: seen for seen in await self._posts.see(viewer, about)}
        return [
            RequestView(
                row["id"], accounts[row["from_id"]], row["told"], row["created_at"], row["updated_at"],
                posts.get(row["last_post_id"]),
            )
            for row in rows
            if row["from_id"] in accounts
        ]  # fmt: skip
