"""What a viewer sees of posts. Every surface reads posts here, so none can forget the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...platform.cache import PageCache, StampedCache
from ...platform.clock import Clock
from ...platform.db import Database
from ...platform.stamps import Kind, slot
from ..accounts import AccountReader, AccountView
from ..graph import Viewer
from .errors import PostNotVisible
from .model import NO_MARKS, Marks, PostView, Seen, may_see, wants_to_see
from .queries import load_marks, load_posts

_MOST_MARKS_KEPT = 4_000  # per viewer


class PostReader:
    """Posts, their authors and the viewer's marks, all cached, gated on every read."""

    def __init__(
        self, database: Database, accounts: AccountReader, clock: Clock, capacity: int = 50_000
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._clock = clock
        self._posts: StampedCache[PostView] = StampedCache(database.stamps, Kind.POST, capacity)
        self._marks: PageCache[int, dict[int, Marks]] = PageCache(database.stamps, 2_000)

    async def see(self, viewer: Viewer, ids: Sequence[int], *, timeline: bool = False) -> list[Seen]:
        """Those posts that the viewer may see, in the order asked.

        timeline: also leave out what the viewer blocked or muted.
        """
        if not ids:
            return []
        posts = await self._posts.get_many(ids, self._load)
        boosted = [post.boost_of_id for post in posts.values() if post.boost_of_id is not None]
        if boosted:
            posts = {**posts, **await self._posts.get_many(boosted, self._load)}
        authors = await self._accounts.get_many({post.account_id for post in posts.values()})
        visible = {
            post.id: post
            for post in posts.values()
            if (author := authors.get(post.account_id)) is not None and may_see(post, author, viewer)
        }
        marks = await self._marks_of(viewer, visible.values())
        found: list[Seen] = []
        for ident in ids:
            seen = _assemble(visible.get(ident), visible, authors, marks)
            if seen is not None and (not timeline or wants_to_see(seen, viewer, self._clock.now())):
                found.append(seen)
        return found

    async def see_one(self, viewer: Viewer, post_id: int) -> Seen:
        """One post; raises PostNotVisible when there is none for this viewer."""
        found = await self.see(viewer, (post_id,))
        if not found:
            raise PostNotVisible
        return found[0]

    async def _load(self, ids: list[int]) -> dict[int, PostView]:
        return await load_posts(self._database, ids)

    async def expect_post(self, viewer: Viewer) -> Callable[[int], None]:
        """Ask before the viewer's new post is committed, call the result with its id after: it saves a look for marks.

        Whoever marks the post in between touches the stamp of what is kept here, so that is thrown away then.
        """
        known = {} if viewer.account_id is None else await self._known_marks(viewer.account_id)

        def unmarked(post_id: int) -> None:
            known[post_id] = NO_MARKS

        return unmarked

    async def _known_marks(self, viewer_id: int) -> dict[int, Marks]:
        return await self._marks.get(viewer_id, [slot(Kind.MARKS, viewer_id)], _no_marks_yet)

    async def _marks_of(self, viewer: Viewer, posts: Iterable[PostView]) -> dict[int, Marks]:
        """The marks of these posts, and perhaps of others."""
        if viewer.account_id is None:
            return {}
        known = await self._known_marks(viewer.account_id)
        missing = [post for post in posts if post.id not in known]
        if not missing:
            return known
        # While this waits, another request of the viewer may clear what is kept: so a copy, taken before.
        found = known.copy()
        loaded = await load_marks(self._database, viewer.account_id, missing)
        if len(known) > _MOST_MARKS_KEPT:
            known.clear()
        known.update(loaded)
        found.update(loaded)
        return found


async def _no_marks_yet() -> dict[int, Marks]:
    return {}


def _assemble(
    post: PostView | None,
    visible: dict[int, PostView],
    authors: dict[int, AccountView],
    marks: dict[int, Marks],
) -> Seen | None:
    if post is None:
        return None
    boosted: Seen | None = None
    if post.boost_of_id is not None:
        boosted = _assemble(visible.get(post.boost_of_id), visible, authors, marks)
        if boosted is None:
            return None
    return Seen(post, authors[post.account_id], marks.get(post.id, NO_MARKS), boosted)
