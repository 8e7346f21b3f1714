"""The job runner: claims batches from the table `jobs` and runs each in a transaction of its own (ADR 0005).

A job's effects on the database and its removal commit together, so they happen once. A job
that fails comes back with growing delay and is kept as dead after the last attempt; one whose
worker died comes back when its lease ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from ..pure.errors import HoldfastError, Unavailable
from .clock import Clock, Instant
from .db import JOBS_CHANNEL, Database, Row, Tx, UniqueViolation
from .live import Inbox

log = structlog.get_logger(__name__)

Handler = Callable[[Tx, bytes, Instant], Awaitable[None]]
Periodic = Callable[[Tx, Instant], Awaitable[None]]


@dataclass(frozen=True)
class RunnerLimits:
    """How a runner works; every number is a setting."""

    batch: int = 50
    concurrency: int = 4
    lease_seconds: float = 60.0
    attempts: int = 10
    first_retry_seconds: float = 2.0
    longest_retry_seconds: float = 3600.0
    poll_seconds: float = 1.0


CLAIM_SQL = """
update jobs set state = 1, attempts = attempts + 1, leased_until = $1 + make_interval(secs => $3)
where id in (
    select id from jobs as candidate
    where state = 0 and run_at <= $1 and (kind = any($4::text[])) = $5
      and (lock_key is null
           or (not exists (select 1 from jobs r where r.state = 1 and r.lock_key = candidate.lock_key)
               and id = (select min(w.id) from jobs w where w.state = 0 and w.lock_key = candidate.lock_key)))
    order by priority, run_at, id
    limit $2
    for update skip locked)
returning id, kind, payload, attempts
"""

# A handler that still runs has its row locked, so only jobs of dead workers are revived.
REVIVE_SQL = """
with expired as (
    select id, unique_key from jobs where state = 1 and leased_until < $1 for update skip locked),
superseded as (
    delete from jobs where id in (
        select e.id from expired e join jobs w on w.unique_key = e.unique_key and w.state = 0) returning id)
update jobs set state = 0, leased_until = null
where id in (select id from expired) and id not in (select id from superseded)
"""


class JobRunner:
    """Runs jobs until told to stop. `elsewhere`: kinds that it leaves to another runner (see errands.py)."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        limits: RunnerLimits | None = None,
        *,
        elsewhere: Iterable[str] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._handlers = handlers
        self._limits = limits or RunnerLimits()
        # The kinds that are named, and whether those are claimed or all the others.
        self._kinds, self._only_these = list(elsewhere), False

    async def run(self, stop: asyncio.Event) -> None:
        """Claim and run until `stop` is set; what was claimed is finished first."""
        while not stop.is_set():
            try:
                async with self._database.listening(JOBS_CHANNEL) as inbox:
                    await self._work(stop, inbox)
            except (Unavailable, OSError) as error:
                log.warning("jobs.database_away", error=str(error))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._limits.poll_seconds)

    async def _work(self, stop: asyncio.Event, inbox: Inbox) -> None:
        waits = [asyncio.create_task(stop.wait())]
        try:
            while not stop.is_set() and not inbox.lost:
                inbox.take()
                await self._revive_expired()
                if await self.run_batch():
                    continue
                listener = asyncio.create_task(inbox.heard.wait())
                await asyncio.wait(
                    [*waits, listener], timeout=self._limits.poll_seconds, return_when=asyncio.FIRST_COMPLETED
                )
                listener.cancel()
        finally:
            for task in waits:
                task.cancel()

    async def drain(self) -> int:
        """Run everything that is due now, and what that leads to; how many jobs ran. For tests and commands."""
        done = 0
        while count := await self.run_batch():
            done += count
        return done

    async def run_batch(self) -> int:
        """Claim one batch and run it; how many jobs it held."""
        rows = await self._claim()
        gate = asyncio.Semaphore(self._limits.concurrency)

        async def one(row: Row) -> None:
            async with gate:
                await self._run_one(row)

        await asyncio.gather(*(one(row) for row in rows))
        return len(rows)

    async def _claim(self, most: int | None = None) -> list[Row]:
        try:
            async with self._database.transaction() as tx:
                tx.relaxed()
                return await tx.fetch(
                    CLAIM_SQL, self._clock.now(), most or self._limits.batch, self._limits.lease_seconds,
                    self._kinds, self._only_these,
                )  # fmt: skip
        except UniqueViolation:
            # Another worker took a job of the same lock_key in the same moment: its turn now, ours next.
            return []

    async def _run_one(self, row: Row) -> None:
        handler = self._handlers.get(row["kind"])
        try:
            if handler is None:
                raise HoldfastError(private=f"no handler for jobs of kind {row['kind']!r}")
            async with self._database.transaction() as tx:
                # Its effects and its row come and go together: after a loss it runs again.
                tx.relaxed()
                # Ours only while the lease holds: a job given to another worker is not run twice. Removed before it
                # runs, which locks it as well as reading it for update would, and is undone when the job fails.
                mine = await tx.execute(
                    "delete from jobs where id = $1 and state = 1 and attempts = $2",
                    row["id"],
                    row["attempts"],
                )
                if not mine:
                    return
                await handler(tx, row["payload"], self._clock.now())
        except Exception as error:
            log.warning("jobs.failed", kind=row["kind"], attempts=row["attempts"], error=repr(error))
            await self._put_back(row, error)

    async def _put_back(self, row: Row, error: Exception) -> None:
        limits = self._limits
        dead = row["attempts"] >= limits.attempts
        wait = min(limits.longest_retry_seconds, limits.first_retry_seconds * 2 ** (row["attempts"] - 1))
        run_at = self._clock.now() + timedelta(seconds=wait * random.uniform(0.8, 1.2))
        await self._return(row, run_at, dead=dead, why=repr(error))

    async def _return(self, row: Row, run_at: Instant, *, dead: bool, why: str | None) -> None:
        """Give a claimed job back to the table."""
        # When the database is away, the lease ends and the job comes back by itself. When a newer job of the
        # same unique_key waits, that one does the work.
        with contextlib.suppress(Unavailable, OSError):
            async with self._database.transaction() as tx:
                tx.relaxed()
                await tx.execute(
                    "delete from jobs where id = $1 and exists (select 1 from jobs w"
                    " where w.state = 0 and w.unique_key = jobs.unique_key)",
                    row["id"],
                )
                await tx.execute(
                    "update jobs set state = $2, run_at = $3, leased_until = null, last_error = left($4, 1000)"
                    " where id = $1 and attempts = $5",
                    row["id"], 2 if dead else 0, run_at, why, row["attempts"],
                )  # fmt: skip

    async def _revive_expired(self) -> None:
        async with self._database.transaction() as tx:
            tx.relaxed()
            await tx.execute(REVIVE_SQL, self._clock.now())


async def run_due(database: Database, clock: Clock, name: str, every: timedelta, action: Periodic) -> bool:
    """Run a periodic action when it is due; of several workers only one does. True when it ran."""
    now = clock.now()
    async with database.transaction() as tx:
        tx.relaxed()  # as with jobs
        claimed = await tx.fetchval(
            "insert into periodic (name, next_run_at) values ($1, $2)"
            " on conflict (name) do update set next_run_at = excluded.next_run_at"
            " where periodic.next_run_at <= $3 returning 1",
            name, now + every, now,
        )  # fmt: skip
        if claimed:
            await action(tx, now)
        return bool(claimed)
