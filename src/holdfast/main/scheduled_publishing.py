"""Publishing posts at their time: an errand that reads as the author reads, screens, and then writes once.

Screening takes a moment and needs the rules and the model: so no transaction is held meanwhile, and a worker loads them
when the first post is due.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
import structlog

from ..edge.breaking import as_allowed
from ..edge.post_limits import media_limits, post_limits
from ..platform.clock import Clock, Instant
from ..platform.db import Database
from ..platform.errands import ErrandRunner
from ..platform.jobs import RunnerLimits
from ..platform.settings import Settings
from ..pure.errors import Gone, Invalid, NotAllowed, NotFound
from ..screening import Screen
from ..social.accounts import AccountReader, Actor
from ..social.bans import check_material
from ..social.graph import RelationsReader
from ..social.media import check_attachable, own_media
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
from ..trust.breaker import BreakerReader, usable_stages
from .lazy_screen import LazyScreen

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
    """Publishes what is due. `screening`: shared with others of this process; else `screen`, or what is loaded."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        *,
        screen: Screen | None = None,
        screening: LazyScreen | None = None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._screening = screening or LazyScreen(settings, database, clock, screen=screen)
        self._accounts = AccountReader(database)
        self._posts = PostReader(database, self._accounts, clock)
        self._relations = RelationsReader(database)
        self._breaker = BreakerReader(
            database, usable_stages(settings.breaker_stages_file), on=settings.backlog_breaker
        )

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
        await self._screening.write_down()
        return None

    async def _submission(self, waiting: ScheduledPost) -> tuple[Submission, Actor]:
        """The draft as it is allowed and judged now."""
        draft, now = waiting.draft, self._clock.now()
        author = await self._accounts.get(waiting.account_id)
        if author is None or not await may_post(self._database, author.id):
            raise AuthorCannotPost
        parent = await self._seen(author.id, draft.in_reply_to_id, ParentNotVisible)
        quoted = await self._seen(author.id, draft.quoted_id, QuotedNotVisible)
        found = await own_media(self._database, author.id, list(draft.media_ids))
        limits = media_limits(self._settings)
        media = check_attachable(draft.media_ids, found, limits, scheduled_id=waiting.id)
        screen, keeper = await self._screening.get()
        submission = prepare(
            draft, author, parent=None if parent is None else parent.post, quoted=quoted, screen=screen, media=media,
            facts=await keeper.facts(author.id, now), limits=post_limits(self._settings), now=now,
        )  # fmt: skip
        hashes = [known for one in media for known in one.hashes]
        await check_material(self._database, submission.composed.urls, hashes)
        submission = await as_allowed(self._breaker, submission, author, now)
        return submission, Actor(author.id, author.role, waiting.app_id)

    async def _seen(self, author_id: int, post_id: int | None, missing: type[NotFound]) -> Seen | None:
        if post_id is None:
            return None
        try:
            return await self._posts.see_one(await self._relations.viewer(author_id), post_id)
        except PostNotVisible as error:
            raise missing from error


async def keep_publishing(
    settings: Settings, database: Database, clock: Clock, stop: asyncio.Event, screening: LazyScreen
) -> None:
    """A worker's part: publish what is due until `stop` is set."""
    publisher = Publisher(settings, database, clock, screening=screening)
    await publishing_runner(publisher, database, clock).run(stop)


def publishing_runner(publisher: Publisher, database: Database, clock: Clock) -> ErrandRunner:
    """What takes the errands, a few at a time."""
    limits = RunnerLimits(
        batch=_AT_ONCE, concurrency=_AT_ONCE, lease_seconds=_LEASE_SECONDS, poll_seconds=_LOOK_EVERY_SECONDS
    )
    return ErrandRunner(database, clock, {PUBLISH_SCHEDULED: publisher.errand}, limits)
