"""Runs a re-screening: reading, judging on every core and recording side by side, one short transaction per page."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from ..platform.clock import Clock, Instant
from ..platform.db import Database, Deadlock
from ..screening import ModelChoice, Screen, Verdict, load_screen
from ..screening.lifecycle import Standing
from ..screening.state import standings
from ..social.posts import Rejudged
from ..trust.history import History, Page, Range, StoredPost, content_of_stored
from ..trust.rescreening import Rescreening, begin_rescreening, record_page
from .judging_pool import CHUNKS_PER_WORKER, judging

PAGE_POSTS = 500
"""Posts that are recorded in one transaction: few, so that an edit of one of them waits for milliseconds."""
_ATTEMPTS = 4
SHIPPED_MODEL: Final = ModelChoice()

Judge = Callable[[list[StoredPost]], Awaitable[list[Verdict]]]


def make_post_judge(
    rules: Path | None, model: ModelChoice | None, standings: Mapping[str, Standing]
) -> Callable[[list[StoredPost]], list[Verdict]]:
    """For a process of its own: load the rules, with their recorded stages, and judge stored posts with them."""
    screen = load_screen(rules, model=model, log_problems=False)
    if screen.rule_engine is not None:
        screen.rule_engine.apply(standings)
    return lambda posts: screen.assess_many(map(content_of_stored, posts))


async def rescreen(
    database: Database,
    clock: Clock,
    screen: Screen,
    rules: Path | None,
    *,
    model: ModelChoice | None = SHIPPED_MODEL,
    since: Instant | None,
    may_hold: bool,
    workers: int,
    advance: Callable[[Rescreening], None],
) -> Rescreening:
    """Re-screen until the history ends; `advance` gets the state after each page.

    `rules` and `model` are what `screen` was made of. Killed at any moment, the next call with the same choices goes on after the last page that was recorded.
    Raises RescreeningTaken when another run is at work.
    """
    async with database.transaction() as tx:
        run = await begin_rescreening(
            tx, version=screen.version, since=since, may_hold=may_hold, now=clock.now()
        )
    advance(run)
    recorded = await standings(database)
    with judging(
        partial(make_post_judge, rules, model, recorded), workers, items=run.total - run.looked_at
    ) as judge:
        return await _walk(database, clock, run, judge, workers, advance)


async def _walk(
    database: Database,
    clock: Clock,
    run: Rescreening,
    judge: Judge,
    workers: int,
    advance: Callable[[Rescreening], None],
) -> Rescreening:
    waiting: deque[tuple[Page, list[StoredPost], asyncio.Future[list[Verdict]]]] = deque()

    async def record_first(run: Rescreening) -> Rescreening:
        page, posts, judged = waiting.popleft()
        rejudged = [
            Rejudged(post.id, post.edited_at, verdict)
            for post, verdict in zip(posts, await judged, strict=True)
        ]
        run = await _record(database, clock, run, rejudged, looked_at=len(page.posts), last_id=page.last_id)
        advance(run)
        return run

    history = History(database, Range(run.cursor_id, run.until_id), page_posts=PAGE_POSTS)
    try:
        async for page in history.pages():
            posts = [post for post in page.posts if post.version != run.version]
            waiting.append((page, posts, asyncio.ensure_future(_judged(judge, posts))))
            if len(waiting) >= workers * CHUNKS_PER_WORKER:
                run = await record_first(run)
        while waiting:
            run = await record_first(run)
    finally:
        for _, _, judged in waiting:
            judged.cancel()
    return await _record(database, clock, run, [], looked_at=0, last_id=None)


async def _judged(judge: Judge, posts: list[StoredPost]) -> list[Verdict]:
    return await judge(posts) if posts else []


async def _record(
    database: Database,
    clock: Clock,
    run: Rescreening,
    judged: list[Rejudged],
    *,
    looked_at: int,
    last_id: int | None,
) -> Rescreening:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with database.transaction() as tx:
                return await record_page(
                    tx, run, judged, looked_at=looked_at, last_id=last_id, now=clock.now()
                )
        except Deadlock:
            # Somebody decided about several of these posts in another order.
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")
