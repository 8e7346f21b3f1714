"""Publishing posts at their time: an errand that reads as the author reads, screens, and then writes once.

Screening takes a moment and needs the rules and the model: so no transaction is held meanwhile, and a worker loads them
when the first post is due.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
import structlog

from ..edge.post_limits import post_limits
from ..platform.clock import Clock, Instant
from ..platform.db import Database
from ..platform.errands import ErrandRunner
from ..platform.jobs import RunnerLimits
from ..platform.limits import RateLimits
from ..platform.settings import Settings
from ..pure.errors import Gone, Invalid, NotAllowed, NotFound
from ..screening import Screen, load_screen
from ..screening.state import RuleKeeper
from ..social.accounts import AccountReader, Actor
from ..social.graph import RelationsReader
from ..social.posts import (
    ParentNotVisible,
    PostNotVisible,
    PostReader,
    QuotedNotVisible,
    Seen,
    Submission,
    prepare,
    publish_post,
)
from ..social.schedules import (
    PUBLISH_SCHEDULED,
    DuePost,
    ScheduledPost,
    due_post,
    keep_failure,
    may_post,
    take_due,
)
from .screening_choice import model_choice
from .wiring import keeper_of

log = structlog.get_logger(__name__)

_AT_ONCE: Final = 2
"""Posts of one worker that are on their way at once; each is a moment of CPU."""
_LEASE_SECONDS: Final = 120.0
_LOOK_EVERY_SECONDS: Final = 2.0
# What the author can do something about; everything else is tried again.
_FINAL = (Invalid, NotFound, NotAllowed, Gone)


class AuthorCannotPost(NotAllowed):
    """The account may not post any more."""

    public = "This account cannot post at the moment"


class Publisher:
    """Publishes what is due. `screen` None: loaded when it is first needed."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, *, screen: Screen | None = None
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._screen = screen
        self._keeper: RuleKeeper | None = None
        self._loading = asyncio.Lock()
        self._accounts = AccountReader(database)
        self._posts = PostReader(database, self._accounts, clock)
        self._relations = RelationsReader(database)

    async def errand(self, payload: bytes) -> Instant | None:
        """Publish one post, once. What stands against it is kept with the post, for its author."""
        due = msgspec.json.decode(payload, type=DuePost)
        waiting = await due_post(self._database, due)
        if waiting is None:
            return None
        try:
            submission, actor = await self._submission(waiting)
            async with self._database.transaction() as tx:
                if await take_due(tx, due) is not None:
                    await publish_post(
                        tx, actor, submission, limits=post_limits(self._settings), now=self._clock.now()
                    )
        except _FINAL as error:
            log.info("scheduled.not_published", post=due.id, why=error.public)
            async with self._database.transaction() as tx:
                await keep_failure(tx, due, error.public, now=self._clock.now())
        if self._keeper is not None:
            # Posts by the clock are few: what the rules did with one is written down at once.
            await self._keeper.flush()
        return None

    async def _submission(self, waiting: ScheduledPost) -> tuple[Submission, Actor]:
        """The draft as it is allowed and judged now."""
        draft, now = waiting.draft, self._clock.now()
        author = await self._accounts.get(waiting.account_id)
        if author is None or not await may_post(self._database, author.id):
            raise AuthorCannotPost
        parent = await self._seen(author.id, draft.in_reply_to_id, ParentNotVisible)
        quoted = await self._seen(author.id, draft.quoted_id, QuotedNotVisible)
        screen, keeper = await self._screening()
        submission = prepare(
            draft, author, parent=None if parent is None else parent.post, quoted=quoted, screen=screen,
            facts=await keeper.facts(author.id, now), limits=post_limits(self._settings), now=now,
        )  # fmt: skip
        return submission, Actor(author.id, author.role, waiting.app_id)

    async def _seen(self, author_id: int, post_id: int | None, missing: type[NotFound]) -> Seen | None:
        if post_id is None:
            return None
        try:
            return await self._posts.see_one(await self._relations.viewer(author_id), post_id)
        except PostNotVisible as error:
            raise missing from error

    async def _screening(self) -> tuple[Screen, RuleKeeper]:
        async with self._loading:
            if self._screen is None:
                self._screen = await asyncio.to_thread(
                    load_screen, self._settings.screening_rules_file, model=model_choice(self._settings)
                )
            if self._keeper is None:
                limits = RateLimits(self._settings.data / "run" / "limits")
                self._keeper = keeper_of(self._settings, self._database, self._screen, limits, self._clock)
            return self._screen, self._keeper


async def keep_publishing(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """A worker's part: publish what is due until `stop` is set."""
    await publishing_runner(Publisher(settings, database, clock), database, clock).run(stop)


def publishing_runner(publisher: Publisher, database: Database, clock: Clock) -> ErrandRunner:
    """What takes the errands, a few at a time."""
    limits = RunnerLimits(
        batch=_AT_ONCE, concurrency=_AT_ONCE, lease_seconds=_LEASE_SECONDS, poll_seconds=_LOOK_EVERY_SECONDS
    )
    return ErrandRunner(database, clock, {PUBLISH_SCHEDULED: publisher.errand}, limits)
