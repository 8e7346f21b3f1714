"""Use case: replay the history by two rule sets and say what would be different."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from ...platform.db import Reader
from ...screening import RuleSet
from ..history import History, Range, StoredPost, span
from .labels import Labels
from .model import Buckets, Simulation
from .replay import Replayed
from .tally import Frame, Tally

PAGE_POSTS: Final = 500

Replay = Callable[[list[StoredPost]], Awaitable[list[Replayed]]]


class Options(NamedTuple):
    """What is compared and how much is kept. `pages_at_once` bounds memory; `clock_seconds` tells elapsed time."""

    tried: RuleSet
    in_force_version: str
    stretch: Range
    samples: int
    capacity_per_day: int
    pages_at_once: int
    clock_seconds: Callable[[], float]


async def simulate(
    reader: Reader, replay: Replay, labels: Labels, options: Options, advance: Callable[[int], None]
) -> Simulation:
    """Replay every post of the range, oldest first. `replay` judges a page; `advance` gets the posts done so far."""
    started = options.clock_seconds()
    when = await span(reader, options.stretch)
    buckets = Buckets(when.first_at, when.last_at) if when else None
    tally = Tally(
        Frame(options.tried, options.in_force_version, buckets, options.samples, options.capacity_per_day)
    )
    waiting: deque[tuple[list[StoredPost], asyncio.Future[list[Replayed]]]] = deque()

    async def take_first() -> None:
        posts, judged = waiting.popleft()
        replayed = await judged
        known = await labels.labels(reader, [post.id for post in posts])
        for post, sides in zip(posts, replayed, strict=True):
            tally.add(post, sides, known.get(post.id))
        advance(tally.posts)

    try:
        async for page in History(reader, options.stretch, page_posts=PAGE_POSTS).pages():
            if page.posts:
                waiting.append((page.posts, asyncio.ensure_future(replay(page.posts))))
            if len(waiting) >= options.pages_at_once:
                await take_first()
        while waiting:
            await take_first()
    finally:
        for _, judged in waiting:
            judged.cancel()
    return tally.simulation(options.clock_seconds() - started)
