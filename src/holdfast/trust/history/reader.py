"""Walks the history in pages of bounded size and keeps count of what each author had written by then."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...social.posts import PostState
from .model import Page, Range, StoredPost
from .queries import page_rows, visible_before

MAX_AUTHORS_COUNTED = 200_000
"""Authors whose posts are counted along the way; more, and the counting begins anew (memory)."""
_SECONDS_PER_DAY = 86_400
_HOUR = timedelta(hours=1)


class History:
    """One walk over a range, oldest post first. Posts of the hour before the range are not counted as lately written."""

    def __init__(self, reader: Reader, stretch: Range, *, page_posts: int = 1000) -> None:
        self._reader = reader
        self._stretch = stretch
        self._page_posts = page_posts
        self._written: dict[int, int] = {}
        self._lately: dict[int, deque[Instant]] = {}

    async def pages(self) -> AsyncIterator[Page]:
        """Page after page; a page of boosts alone has no posts."""
        stretch = self._stretch
        while rows := await page_rows(self._reader, stretch, limit=self._page_posts):
            await self._count_before(rows)
            posts = [post for row in rows if (post := self._take(row)) is not None]
            last_id: int = rows[-1]["id"]
            yield Page(posts, last_id)
            stretch = stretch._replace(after_id=last_id)

    async def _count_before(self, rows: list[Row]) -> None:
        if len(self._written) > MAX_AUTHORS_COUNTED:
            self._written.clear()
            self._lately.clear()
        new = {row["account_id"] for row in rows} - self._written.keys()
        if new:
            self._written.update(dict.fromkeys(new, 0))
            self._written.update(await visible_before(self._reader, list(new), rows[0]["id"]))

    def _take(self, row: Row) -> StoredPost | None:
        before = self._written[row["account_id"]]
        lately = self._lately.setdefault(row["account_id"], deque())
        while lately and lately[0] <= row["created_at"] - _HOUR:
            lately.popleft()
        this_hour = len(lately)
        lately.append(row["created_at"])
        if row["state"] == PostState.VISIBLE:
            self._written[row["account_id"]] = before + 1
        if row["boost"]:
            return None
        written_at = row["edited_at"] or row["created_at"]
        age_days = (written_at - row["author_created_at"]).total_seconds() / _SECONDS_PER_DAY
        return StoredPost(
            id=row["id"],
            account_id=row["account_id"],
            state=PostState(row["state"]),
            text=row["text"],
            spoiler=row["spoiler"],
            language=row["language"],
            poll_options=list(row["poll_options"] or ()),
            is_reply=row["is_reply"],
            is_quote=row["is_quote"],
            media_descriptions=list(row["media"]),
            media_hashes=list(row["media_hashes"]),
            created_at=row["created_at"],
            edited_at=row["edited_at"],
            author_age_days=None if row["imported"] else max(age_days, 0.0),
            author_post_count=None if row["imported"] else before,
            author_posts_this_hour=None if row["imported"] else this_hour,
            version=row["version"],
        )
