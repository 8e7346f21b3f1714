"""What a viewer sees of posts. Every surface reads posts here, so none can forget the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from ...platform.cache import PageCache, StampedCache
from ...platform.clock import Clock, Instant
from ...platform.db import Database
from ...platform.stamps import Kind, slot
from ..accounts import AccountReader, AccountView
from ..graph import Viewer
from ..quotes import QuoteState, QuoteView, ShownQuote
from .errors import PostNotVisible
from .model import NO_MARKS, Marks, PostView, Seen, SeenQuote, may_see, shown_quote, wants_to_see
from .queries import load_marks, load_marks_of_many, load_posts

_MOST_MARKS_KEPT = 4_000  # per viewer
_DEPTH_SHOWN = 3  # a boost of a post that quotes one that quotes another
_QUOTES_SHOWN = 2  # a quote is shown with its post, the quote in that by its id alone

_NOT_SHOWN = frozenset(
    {ShownQuote.PENDING, ShownQuote.REJECTED, ShownQuote.REVOKED, ShownQuote.DELETED, ShownQuote.UNAUTHORIZED}
)


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
        posts, authors = await self._with_authors(ids)
        visible = _visible(posts, authors, viewer)
        marks = await self._marks_of(viewer, visible.values())
        return _View(viewer, posts, visible, authors, marks, self._clock.now()).found(ids, timeline=timeline)

    async def see_each(
        self, viewers: Iterable[Viewer], wanted: Mapping[int, Sequence[int]]
    ) -> dict[int, list[Seen]]:
        """What `see(viewer, wanted[account id], timeline=True)` answers to each of many viewers, by account id.

        Loads each post once and all marks by one query, and keeps no marks: for streams, where many look at once.
        """
        ids = list(dict.fromkeys(ident for idents in wanted.values() for ident in idents))
        looking = {viewer.account_id: viewer for viewer in viewers if viewer.account_id is not None}
        if not ids or not looking:
            return {}
        posts, authors = await self._with_authors(ids)
        marks = await load_marks_of_many(self._database, list(looking), list(posts.values()))
        now = self._clock.now()
        return {
            account_id: _View(
                viewer, posts, _visible(posts, authors, viewer), authors, marks.get(account_id, {}), now
            ).found(wanted.get(account_id, ()), timeline=True)
            for account_id, viewer in looking.items()
        }

    async def see_one(self, viewer: Viewer, post_id: int) -> Seen:
        """One post; raises PostNotVisible when there is none for this viewer."""
        found = await self.see(viewer, (post_id,))
        if not found:
            raise PostNotVisible
        return found[0]

    async def _with_authors(self, ids: Sequence[int]) -> tuple[dict[int, PostView], dict[int, AccountView]]:
        """These posts with what they show, and who wrote all of them; the gate was not asked yet."""
        posts = await self._with_what_they_show(await self._posts.get_many(ids, self._load))
        return posts, await self._accounts.get_many({post.account_id for post in posts.values()})

    async def _with_what_they_show(self, posts: dict[int, PostView]) -> dict[int, PostView]:
        """These posts, what they boost, what either quotes, and what that quotes: as deep as anything is shown."""
        latest = posts
        for _ in range(_DEPTH_SHOWN):
            wanted = {ident for post in latest.values() for ident in _shown_by(post)}
            wanted -= posts.keys()
            if not wanted:
                break
            latest = await self._posts.get_many(wanted, self._load)
            posts = {**posts, **latest}
        return posts

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


def _visible(
    posts: dict[int, PostView], authors: dict[int, AccountView], viewer: Viewer
) -> dict[int, PostView]:
    """Those of the posts that the gate lets this viewer see."""
    return {
        post.id: post
        for post in posts.values()
        if (author := authors.get(post.account_id)) is not None and may_see(post, author, viewer)
    }


def _shown_by(post: PostView) -> Iterable[int]:
    """The posts that stand inside a post."""
    if post.boost_of_id is not None:
        yield post.boost_of_id
    quote = post.quote
    if quote is not None and quote.quoted_id is not None and quote.state is QuoteState.ACCEPTED:
        yield quote.quoted_id


class _View(msgspec.Struct, frozen=True):
    """What one look at the caches and the gate brought. `posts`: all; `visible`: those that the gate let through."""

    viewer: Viewer
    posts: dict[int, PostView]
    visible: dict[int, PostView]
    authors: dict[int, AccountView]
    marks: dict[int, Marks]
    now: Instant

    def found(self, ids: Sequence[int], *, timeline: bool) -> list[Seen]:
        """Those of `ids` that are visible, in their order; `timeline` leaves out what the viewer turns away."""
        every = (self.assemble(ident) for ident in ids)
        return [
            seen
            for seen in every
            if seen is not None and (not timeline or wants_to_see(seen, self.viewer, self.now))
        ]

    def assemble(self, ident: int, quotes: int = _QUOTES_SHOWN) -> Seen | None:
        """A post with what it shows, `quotes` levels of quotes deep."""
        post = self.visible.get(ident)
        if post is None:
            return None
        boosted: Seen | None = None
        if post.boost_of_id is not None:
            boosted = self.assemble(post.boost_of_id, quotes)
            if boosted is None:
                return None
        quote = None if post.quote is None or not quotes else self._quote(post.quote, quotes)
        return Seen(post, self.authors[post.account_id], self.marks.get(post.id, NO_MARKS), boosted, quote)

    def _quote(self, quote: QuoteView, quotes: int) -> SeenQuote:
        post = self.posts.get(quote.quoted_id or 0)
        author = None if post is None else self.authors.get(post.account_id)
        quoted = None if post is None or author is None else (post, author)
        state = shown_quote(quote, quoted, self.viewer, self.now)
        shown = None if post is None or state in _NOT_SHOWN else self.assemble(post.id, quotes - 1)
        return SeenQuote(state, shown)
