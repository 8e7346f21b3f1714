"""Asking an outside judge about queued posts: between two short transactions, the one exchange over the network."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.db import Database
from ..platform.errands import ErrandRunner
from ..platform.jobs import RunnerLimits
from ..platform.outbound_http import EndpointFailed, EndpointLimits, NamedEndpoint
from ..pure.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from ..screening.opinions import RETRIED, Budget, Reading, failed, next_day, read_reply
from ..social.posts import PostFlagged, PostHeld, Visibility
from ..trust.opinions import BudgetSpent, Terms, begin_request, record_reading
from .subscriptions import SECOND_OPINION

CONCURRENCY: Final = 2
"""Requests of one worker that are under way at once."""
_LEASE_MARGIN_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 2.0
# After a failure that may pass, the queue waits this long at first, and twice as long each time.
_FIRST_RETRY_SECONDS = 30.0
# Posts that found the budget spent do not all come back in the same second of the next day.
_SPREAD_SECONDS = 3600.0
_MAX_KEY_CHARACTERS = 4096


class NotSetUp(Invalid):
    """Second opinions are off."""

    public = "second opinions are off; set second_opinion_url and second_opinion_model"


class NoOpinionYet(Unavailable):
    """A request failed in a way that may pass; it is recorded, and the job comes back."""

    public = "The endpoint gave no opinion."


class Judge:
    """The endpoint with the terms under which it is asked. Open with `open_judge`."""

    def __init__(self, database: Database, clock: Clock, endpoint: NamedEndpoint, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._endpoint = endpoint
        self._key_file = settings.second_opinion_key_file
        self._terms = terms_of(settings)

    async def ask(self, post_id: int, *, by_hand: bool) -> Reading:
        """Ask about one post and record what comes of it. Raises what `begin_request` does, and Invalid for the key."""
        # Read each time, so that a new key needs no restart; and first, so that a missing one costs nothing.
        bearer = await asyncio.to_thread(read_key, self._key_file)
        async with self._database.transaction() as tx:
            request = await begin_request(tx, post_id, self._terms, by_hand=by_hand, now=self._clock.now())
        begun = time.monotonic()
        try:
            reply = await self._endpoint.post_json(request.body, bearer=bearer)
            reading = read_reply(reply.status, reply.body)
        except EndpointFailed as error:
            reading = failed(error.trouble)
        seconds = time.monotonic() - begun
        async with self._database.transaction() as tx:
            await record_reading(tx, request, reading, seconds=seconds, now=self._clock.now())
        return reading

    async def errand(self, payload: bytes) -> Instant | None:
        """The job: a queued post's opinion, unless there is nothing to ask any more."""
        event = msgspec.json.decode(payload, type=PostFlagged | PostHeld)
        try:
            reading = await self.ask(event.post_id, by_hand=False)
        except BudgetSpent:
            return next_day(self._clock.now()) + timedelta(seconds=random.uniform(0, _SPREAD_SECONDS))
        except (NotFound, NotAllowed, Conflict):
            return None
        if reading.failure in RETRIED:
            raise NoOpinionYet(private=f"second opinion: {reading.failure}")
        return None


@asynccontextmanager
async def open_judge(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[Judge]:
    """The judge that the settings name. Raises NotSetUp."""
    if not settings.second_opinion_url:
        raise NotSetUp
    limits = EndpointLimits(
        connect_seconds=min(5.0, settings.second_opinion_timeout_seconds),
        total_seconds=settings.second_opinion_timeout_seconds,
    )
    url = settings.second_opinion_url.rstrip("/") + "/chat/completions"
    async with NamedEndpoint(url, limits, proxy_url=settings.second_opinion_proxy_url) as endpoint:
        yield Judge(database, clock, endpoint, settings)


async def keep_asking(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """A worker's part: ask about queued posts until `stop` is set. Raises NotSetUp."""
    async with open_judge(settings, database, clock) as judge:
        await runner_of(judge, settings, database, clock).run(stop)


def runner_of(judge: Judge, settings: Settings, database: Database, clock: Clock) -> ErrandRunner:
    """What takes the jobs, a few at a time."""
    limits = RunnerLimits(
        batch=CONCURRENCY,
        concurrency=CONCURRENCY,
        lease_seconds=settings.second_opinion_timeout_seconds + _LEASE_MARGIN_SECONDS,
        first_retry_seconds=_FIRST_RETRY_SECONDS,
        poll_seconds=_LOOK_EVERY_SECONDS,
    )
    return ErrandRunner(database, clock, {SECOND_OPINION: judge.errand}, limits)


def terms_of(settings: Settings) -> Terms:
    """What the operator allows."""
    return Terms(
        settings.second_opinion_model,
        Budget(settings.second_opinion_daily_budget_requests, settings.second_opinion_daily_budget_tokens),
        settings.second_opinion_max_characters,
        frozenset(Visibility[name.upper()] for name in settings.second_opinion_visibilities),
    )


def read_key(path: Path | None) -> str | None:
    """The key of the endpoint: the first line of its file. None without a file. Raises Invalid."""
    if path is None:
        return None
    try:
        with path.open(encoding="ascii") as file:
            key = file.readline(_MAX_KEY_CHARACTERS + 1).strip()
    except OSError as error:
        raise Invalid(f"second_opinion_key_file: {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        key = ""
    if not key or len(key) > _MAX_KEY_CHARACTERS or not key.isprintable() or " " in key:
        raise Invalid(f"second_opinion_key_file: the first line of {path} must be the key, and nothing else")
    return key
