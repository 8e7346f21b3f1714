"""What a member sees of notifications: nothing of accounts turned away, nothing about posts hidden now."""

from __future__ import annotations

from ...platform.clock import Clock
from ...platform.db import Database
from ...pure.window import NEWEST, Window
from ..accounts import AccountReader
from ..graph import Viewer
from ..posts import PostReader
from .errors import NotificationNotVisible
from .model import (
    EVERYTHING,
    Entry,
    NotificationPage,
    NotificationView,
    Wanted,
    may_know,
    turned_away,
)
from .queries import entries, entry


class NotificationReader:
    """Notifications of a signed-in member; every one is asked of the gates of accounts and posts when it is read."""

    def __init__(self, database: Database, accounts: AccountReader, posts: PostReader, clock: Clock) -> None:
        self._database = database
        self._accounts = accounts
        self._posts = posts
        self._clock = clock

    async def page(self, viewer: Viewer, page: Window, wanted: Wanted = EVERYTHING) -> NotificationPage:
        """One page. More rows are read than shown, because some may be hidden."""
        if viewer.account_id is None:
            return NotificationPage([], [])
        rows = await entries(
            self._database, viewer.account_id, page, wanted, page.limit + page.limit // 2 + 5
        )
        shown = await self._see(viewer, rows)
        items: list[NotificationView] = []
        scanned: list[int] = []
        for row in rows:
            if len(items) == page.limit:
                break
            scanned.append(row.id)
            if row.id in shown:
                items.append(shown[row.id])
        if page.forward:
            items.reverse()
            scanned.reverse()
        return NotificationPage(items, scanned)

    async def one(self, viewer: Viewer, first_id: int, last_id: int | None = None) -> NotificationView:
        """The first whose id lies between these two, without a second the one; raises NotificationNotVisible."""
        found = None
        if viewer.account_id is not None:
            last = first_id if last_id is None else last_id
            found = await entry(self._database, viewer.account_id, first_id, last)
        shown = await self._see(viewer, [found] if found else [])
        if found is None or found.id not in shown:
            raise NotificationNotVisible
        return shown[found.id]

    async def count_after(
        self, viewer: Viewer, last_read_id: int, most: int, wanted: Wanted = EVERYTHING
    ) -> int:
        """How many the member would see that are newer than `last_read_id`, counted up to `most`."""
        if viewer.account_id is None:
            return 0
        found, below = 0, NEWEST
        while found < most:
            part = Window(most, below, last_read_id)
            rows = await entries(self._database, viewer.account_id, part, wanted, most)
            found += len(await self._see(viewer, rows))
            if len(rows) < most:
                break
            below = rows[-1].id
        return min(found, most)

    async def _see(self, viewer: Viewer, rows: list[Entry]) -> dict[int, NotificationView]:
        if not rows or viewer.account_id is None:
            return {}
        now = self._clock.now()
        rows = [row for row in rows if not turned_away(row, viewer, now)]
        accounts = await self._accounts.get_many({viewer.account_id, *(row.from_id for row in rows)})
        reader = accounts.get(viewer.account_id)
        role = reader.role if reader else "member"
        about = list(dict.fromkeys(row.post_id for row in rows if row.post_id is not None))
        posts = {seen.post.id: seen for seen in await self._posts.see(viewer, about)}
        shown: dict[int, NotificationView] = {}
        for row in rows:
            author = accounts.get(row.from_id)
            if author is None or not may_know(row, author, role):
                continue
            if row.post_id is not None and row.post_id not in posts:
                continue
            seen = None if row.post_id is None else posts[row.post_id]
            shown[row.id] = NotificationView(
                row.id, row.kind, row.created_at, author, seen, row.group, row.subject_id
            )
        return shown
