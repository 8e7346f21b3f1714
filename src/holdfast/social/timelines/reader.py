"""Timelines as a viewer sees them: candidate ids, then the gate, until a page is full."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from ...platform.cache import PageCache
from ...platform.db import Database
from ...platform.stamps import Kind, slot
from ...pure.window import Window
from ..graph import Viewer
from ..lists import ListReader, answers_shown
from ..posts import PostReader, Seen, Visibility
from .model import Feed, Page, ProfileFeed, comes_by_tag, reads_language
from .queries import (
    Ids,
    Sources,
    followed_tag_ids,
    home_ids,
    linking_ids,
    merged,
    profile_ids,
    public_ids,
    tagged_ids,
)

# Candidates are fetched beyond the page, because some will be blocked, muted or repeated.
_OVERFETCH = 10
_MOST_ROUNDS = 6
Fetch = Callable[[Window], Awaitable[Ids]]


class TimelineReader:
    """Home, list, public, hashtag and profile timelines."""

    def __init__(self, database: Database, posts: PostReader) -> None:
        self._database = database
        self._posts = posts
        self._lists = ListReader(database)
        self._home: PageCache[tuple[int | None, Window], Ids] = PageCache(database.stamps, 10_000)
        self._public: PageCache[tuple[Feed, Window], Ids] = PageCache(database.stamps, 500)

    async def home(self, viewer: Viewer, window: Window) -> Page:
        """What the accounts that the viewer follows posted and boosted, and the viewer too, without exclusive
        lists; and public posts with the hashtags that the viewer follows."""
        viewer_id = viewer.account_id
        if viewer_id is None:
            return Page([], None, None)

        async def fetch(part: Window) -> Ids:
            async def make() -> Ids:
                at_home = [who for who in viewer.following if who not in viewer.listed_apart]
                sources = _sources(viewer_id, [viewer_id, *at_home], [viewer_id, *viewer.following], viewer)
                found = await home_ids(self._database, viewer_id, sources, part)
                if not viewer.followed_tag_ids:
                    return found
                tagged = await followed_tag_ids(self._database, viewer.followed_tag_ids, part)
                return merged(found, tagged, part)

            return await self._home.get((viewer_id, part), viewer.home_slots, make, made_from=viewer)

        return await self._fill(viewer, window, fetch, wanted=_HomeFilter(viewer))

    async def listed(self, viewer: Viewer, list_id: int, window: Window) -> Page:
        """What the members of the viewer's list posted and boosted, as far as the viewer follows them.

        Raises ListNotVisible.
        """
        viewer_id = viewer.account_id
        if viewer_id is None:
            return Page([], None, None)
        one, members = await self._lists.with_members(viewer_id, list_id)
        authors = [who for who in members if who in viewer.following or who == viewer_id]
        sources = _sources(viewer_id, authors, answers_shown(one.replies_policy, members, viewer), viewer)
        return await self._fill(
            viewer, window, lambda part: home_ids(self._database, viewer_id, sources, part),
            wanted=_HomeFilter(viewer),
        )  # fmt: skip

    async def public(self, viewer: Viewer, feed: Feed, window: Window) -> Page:
        """Public posts that screening let through, newest first."""

        async def fetch(part: Window) -> Ids:
            return await self._public.get(
                (feed, part), [slot(Kind.PUBLIC)], lambda: public_ids(self._database, feed, part)
            )

        return await self._fill(viewer, window, fetch)

    async def tag(self, viewer: Viewer, feed: Feed, window: Window) -> Page:
        """Public posts with hashtags."""
        return await self._fill(viewer, window, lambda part: tagged_ids(self._database, feed, part))

    async def link(self, viewer: Viewer, url: str, window: Window) -> Page:
        """Public posts that show the card of an address."""
        return await self._fill(viewer, window, lambda part: linking_ids(self._database, url, part))

    async def profile(self, viewer: Viewer, feed: ProfileFeed, window: Window) -> Page:
        """An account's posts, as far as the viewer may see them."""
        widest = Visibility.UNLISTED
        if viewer.account_id == feed.account_id:
            widest = Visibility.DIRECT
        elif feed.account_id in viewer.following:
            widest = Visibility.PRIVATE

        async def fetch(part: Window) -> Ids:
            return await profile_ids(
                self._database, feed, part, viewer_id=viewer.account_id, widest=widest.value
            )

        return await self._fill(viewer, window, fetch, timeline=False)

    async def _fill(
        self,
        viewer: Viewer,
        window: Window,
        fetch: Fetch,
        *,
        timeline: bool = True,
        wanted: Callable[[Seen], bool] | None = None,
    ) -> Page:
        """Rounds of candidates through the gate until the page is full or the timeline ends."""
        shown: list[Seen] = []
        scanned: list[int] = []
        part = msgspec.structs.replace(window, limit=window.limit + _OVERFETCH)
        for _ in range(_MOST_ROUNDS):
            found = await fetch(part)
            visible = await self._posts.see(viewer, found.ids, timeline=timeline)
            shown += visible if wanted is None else filter(wanted, visible)
            scanned += found.ids
            if found.scanned_to is None or len(shown) >= window.limit:
                break
            bound = {"above": found.scanned_to} if window.forward else {"below": found.scanned_to}
            scanned.append(found.scanned_to)
            part = msgspec.structs.replace(part, **bound)
        return _page(shown, scanned, window)


def _sources(viewer_id: int, authors: list[int], answered: list[int], viewer: Viewer) -> Sources:
    following = viewer.following
    boosters = [who for who in authors if who == viewer_id or following[who].show_boosts]
    return Sources(authors, boosters, answered)


class _HomeFilter:
    """Shows each post once per page and respects the languages chosen for an account."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._shown: set[int] = set()

    def __call__(self, seen: Seen) -> bool:
        original = seen.boosted or seen
        if original.post.id in self._shown:
            return False
        author_id = seen.post.account_id
        known = author_id == self._viewer.account_id or author_id in self._viewer.following
        # What came by a hashtag is asked again: its author may have been limited since.
        if not known and not comes_by_tag(seen, self._viewer):
            return False
        if not reads_language(seen, self._viewer):
            return False
        self._shown.add(original.post.id)
        return True


def _page(shown: list[Seen], scanned: list[int], window: Window) -> Page:
    """Cut to the limit. The cursors stand at the last id shown, or scanned when nothing was cut off."""
    cut = len(shown) > window.limit
    posts = shown[: window.limit]
    last = posts[-1].post.id if cut else (scanned[-1] if scanned else None)
    first = scanned[0] if scanned else None
    if window.forward:
        posts.reverse()
        return Page(posts, first, last)
    return Page(posts, last, first)
