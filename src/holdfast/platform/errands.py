"""Errands: jobs that wait for somebody outside, such as an HTTP endpoint (ADR 0018).

They stand in the table `jobs` like all others and come back with the same growing delay, but a runner of their own
takes them, a few at a time, and no transaction and no connection is held while one is under way. However slow the
outside is, other jobs go on. An errand may run more than once: it keeps its own record of what it did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from ..pure.errors import HoldfastError, Unavailable
from .clock import Clock, Instant
from .db import Database, Reader, Row
from .jobs import JobRunner, RunnerLimits

log = structlog.get_logger(__name__)

Errand = Callable[[bytes], Awaitable[Instant | None]]
"""Takes the payload; answers None when done, or when to come back. Raises to be tried again after the usual delay."""


class ErrandRunner(JobRunner):
    """Runs errands, and nothing else, until told to stop.

    `limits.lease_seconds` must be longer than an errand can take; `limits.batch` is how many are under way at most.
    """

    def __init__(
        self, database: Database, clock: Clock, errands: Mapping[str, Errand], limits: RunnerLimits
    ) -> None:
        super().__init__(database, clock, {}, limits)
        self._errands = errands
        self._kinds, self._only_these = list(errands), True

    async def run(self, stop: asyncio.Event) -> None:
        """Look for due errands until `stop` is set, and finish what was begun. Nothing that fails here ends it.

        Who does not want to wait for the outside cancels this: what was under way comes back when its lease ends.
        """
        under_way: set[asyncio.Task[None]] = set()
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                if await self._start_due(under_way):
                    continue
                await asyncio.wait(
                    {stopping, *under_way},
                    timeout=self._limits.poll_seconds,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                under_way.difference_update([task for task in under_way if task.done()])
            await asyncio.gather(*under_way, return_exceptions=True)
        finally:
            for task in (stopping, *under_way):
                task.cancel()
            await asyncio.gather(stopping, *under_way, return_exceptions=True)

    async def _start_due(self, under_way: set[asyncio.Task[None]]) -> int:
        """Take as many due errands as there is room for, beside those that wait for the outside."""
        room = self._limits.batch - len(under_way)
        if room <= 0:
            return 0
        try:
            await self._revive_expired()
            rows = await self._claim(room)
        except (Unavailable, OSError) as error:
            log.warning("errands.database_away", error=str(error))
            return 0
        except Exception:
            log.exception("errands.runner_failed")
            return 0
        under_way.update(asyncio.create_task(self._run_one(row)) for row in rows)
        return len(rows)

    async def _run_one(self, row: Row) -> None:
        errand = self._errands.get(row["kind"])
        try:
            if errand is None:
                raise HoldfastError(private=f"no errand of kind {row['kind']!r}")
            later = await errand(row["payload"])
        except Exception as error:
            log.warning("errands.failed", kind=row["kind"], attempts=row["attempts"], error=repr(error))
            await self._put_back(row, error)
            return
        if later is not None:
            await self._return(row, later, dead=False, why=None)
            return
        async with self._database.transaction() as tx:
            tx.relaxed()
            await tx.execute(
                "delete from jobs where id = $1 and state = 1 and attempts = $2", row["id"], row["attempts"]
            )


async def count_errands(reader: Reader, kind: str) -> tuple[int, int]:
    """How many errands of a kind wait or are under way, and how many were given up."""
    row = await reader.fetchrow(
        "select count(*) filter (where state <> 2), count(*) filter (where state = 2) from jobs where kind = $1",
        kind,
    )
    return (row[0], row[1]) if row else (0, 0)


_DEAD_AT_MOST = 1000


async def dead_errands(reader: Reader, kind: str) -> list[bytes]:
    """What the errands of a kind that were given up carried, the last of them first."""
    rows = await reader.fetch(
        "select payload from jobs where kind = $1 and state = 2 order by id desc limit $2",
        kind,
        _DEAD_AT_MOST,
    )
    return [row[0] for row in rows]
