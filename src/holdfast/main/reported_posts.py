"""A closer look at reported posts: an errand, since the second tier of screening takes its time.

A report decides nothing. It makes screening read the post with everything it has (`Content.is_reported`), and that
verdict is recorded and acted on like any other; who reported, and how many, changes nothing in it.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from ..platform.clock import Clock, Instant
from ..platform.db import Database
from ..platform.errands import ErrandRunner
from ..platform.jobs import RunnerLimits
from ..platform.settings import Settings
from ..screening import Content, Verdict
from ..social.posts import Rejudged, rescreen_posts
from ..trust.history import StoredPost, content_of_stored, stored_posts
from ..trust.reports import ReportFiled
from .lazy_screen import LazyScreen
from .subscriptions import LOOK_CLOSER

REPORTED: Final = "+reported"
"""After the version in a verdict: the post was read as one that is reported."""
_LEASE_SECONDS = 300.0
_LOOK_EVERY_SECONDS = 2.0


class CloserLook:
    """Judges reported posts. `may_hold`: whether what people can see already may be hidden."""

    def __init__(self, database: Database, clock: Clock, screening: LazyScreen, *, may_hold: bool) -> None:
        self._database = database
        self._clock = clock
        self._screening = screening
        self._may_hold = may_hold

    async def errand(self, payload: bytes) -> Instant | None:
        """ReportFiled: each post that it names, once for each version of the screening."""
        event = msgspec.json.decode(payload, type=ReportFiled)
        posts = await stored_posts(self._database, event.post_ids)
        if not posts:
            return None
        screen, _ = await self._screening.get()
        verdicts = await asyncio.to_thread(screen.assess_many, [as_reported(post) for post in posts])
        judged = [
            Rejudged(post.id, post.edited_at, marked(verdict))
            for post, verdict in zip(posts, verdicts, strict=True)
        ]
        async with self._database.transaction() as tx:
            await rescreen_posts(tx, judged, may_hold=self._may_hold, now=self._clock.now())
        await self._screening.write_down()
        return None


def as_reported(post: StoredPost) -> Content:
    """What screening is shown of a stored post that somebody reported."""
    return msgspec.structs.replace(content_of_stored(post), is_reported=True)


def marked(verdict: Verdict) -> Verdict:
    """A verdict that tells by its version how the post was read."""
    return msgspec.structs.replace(verdict, version=verdict.version + REPORTED)


def closer_look_runner(look: CloserLook, database: Database, clock: Clock) -> ErrandRunner:
    """What takes the errands, one at a time: the model uses every core it is given."""
    limits = RunnerLimits(
        batch=1, concurrency=1, lease_seconds=_LEASE_SECONDS, poll_seconds=_LOOK_EVERY_SECONDS
    )
    return ErrandRunner(database, clock, {LOOK_CLOSER: look.errand}, limits)


async def keep_looking_closer(
    settings: Settings, database: Database, clock: Clock, stop: asyncio.Event, screening: LazyScreen
) -> None:
    """A worker's part: look at reported posts until `stop` is set."""
    look = CloserLook(database, clock, screening, may_hold=settings.reported_posts_may_be_held)
    await closer_look_runner(look, database, clock).run(stop)
