"""Judging on every core: chunks of texts go to processes of their own, their answers come back in order.

A process is started anew (spawn) and loads its rules itself: nothing of the parent's threads, connections or
models is shared with it. It leaves Ctrl-C to its parent and ends with it, even when that is killed.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

import structlog

from ..platform.processes import die_with_parent
from ..pure.errors import Unavailable

Chunk = TypeVar("Chunk")
Answer = TypeVar("Answer")

INLINE_ITEMS: Final = 500
"""So few are judged in the process that asks: starting others would take longer."""
INLINE_CHUNKS: Final = 8
MAX_WORKERS: Final = 64
CHUNKS_PER_WORKER: Final = 3
"""Chunks that wait or are judged, per worker: bounds memory, and no worker waits for the one that hands out."""


class WorkerLost(Unavailable):
    """A judging process was killed from outside, most often for memory."""

    public = "A judging process was ended from outside (out of memory?); try again with a smaller --workers"


def usable_cores() -> int:
    """Cores that this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


class JudgingPool(Generic[Chunk, Answer]):
    """Processes that each call `make()` once and then what it gave for every chunk.

    `make` must be picklable: a function of a module, or `functools.partial` of one. Close it with `with`.
    """

    def __init__(self, make: Callable[[], Callable[[Chunk], Answer]], workers: int) -> None:
        self.workers = workers
        self._executor = ProcessPoolExecutor(
            max_workers=workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(make, os.getpid()),
        )

    def submit(self, chunk: Chunk) -> Future[Answer]:
        """Hand out a chunk. Call it from a thread that lives as long as the pool. Raises WorkerLost."""
        try:
            return self._executor.submit(_judge, chunk)
        except BrokenProcessPool as error:
            raise WorkerLost(private=repr(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)


def answer_of(future: Future[Answer]) -> Answer:
    """The answer of a chunk that was handed out; waits for it. Raises WorkerLost."""
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise WorkerLost(private=repr(error)) from error


@contextmanager
def judging(
    make: Callable[[], Callable[[Chunk], Answer]], workers: int, *, items: int
) -> Iterator[Callable[[Chunk], Awaitable[Answer]]]:
    """An async function that judges a chunk: in this process for few `items`, else in `workers` processes."""
    if workers <= 1 or items <= INLINE_ITEMS:
        work = make()
        yield lambda chunk: asyncio.to_thread(work, chunk)
        return
    with JudgingPool(make, workers) as pool:

        async def judge(chunk: Chunk) -> Answer:
            try:
                return await asyncio.wrap_future(pool.submit(chunk))
            except BrokenProcessPool as error:
                raise WorkerLost(private=repr(error)) from error

        yield judge


_work: Callable[[Any], Any] | None = None


def judging_chunks(
    make: Callable[[], Callable[[Chunk], Answer]], chunks: Sequence[Chunk]
) -> Iterator[Answer]:
    """The answer to each chunk, in order, on every core; few chunks stay in this process."""
    workers = min(usable_cores(), len(chunks))
    if workers < 2 or len(chunks) < INLINE_CHUNKS:
        work = make()
        yield from map(work, chunks)
        return
    with JudgingPool(make, workers) as pool:
        for future in [pool.submit(chunk) for chunk in chunks]:
            yield answer_of(future)


def _begin(make: Callable[[], Callable[[Any], Any]], parent_pid: int) -> None:
    """In a new process of the pool."""
    global _work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Standard output belongs to the parent's verdicts.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    die_with_parent(signal.SIGKILL, parent_pid)
    _work = make()


def _judge(chunk: Any) -> Any:
    if _work is None:
        raise RuntimeError("the process was not begun")
    return _work(chunk)
