"""The fence: one sequencer at a time, and none that was superseded writes.

A session's advisory lock keeps others out as long as this process lives; the epoch, checked in every transaction that
writes, keeps out one that lost its session and does not know it yet.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from ...platform.clock import Instant
from ...platform.db import Database, Tx
from ..ledger import Superseded
from . import store

FENCE_LOCK = 0x6C6564676572
"""The advisory lock. The number only has to be ours: "ledger" in ASCII."""


class Fence:
    """Held by the one process that may write the log. `before`: the epoch of the one that held it last."""

    def __init__(self, connection: Any, epoch: int, before: int) -> None:
        self._connection = connection
        self.epoch = epoch
        self.before = before

    async def check(self, tx: Tx) -> None:
        """Lock the epoch for this transaction. Raises Superseded when it is not ours."""
        found = await tx.fetchval("select epoch from ledger_sequencer for update")
        if found != self.epoch:
            raise Superseded(private=f"epoch {self.epoch}, now {found}")

    async def held(self) -> bool:
        """Whether the session that holds the lock still answers."""
        if self._connection.is_closed():
            return False
        try:
            await self._connection.fetchval("select 1")
        except Exception:
            # Whatever it is, this session holds nothing that one may rely on.
            return False
        return True


@asynccontextmanager
async def fence(database: Database, holder: str, *, now: Instant) -> AsyncIterator[Fence | None]:
    """The fence, or None when another process has it."""
    connection = await database.acquire()
    taken = False
    try:
        taken = await connection.fetchval("select pg_try_advisory_lock($1)", FENCE_LOCK)
        if not taken:
            yield None
            return
        async with database.transaction() as tx:
            before, epoch = await store.take_epoch(tx, holder, now=now)
        yield Fence(connection, epoch, before)
    finally:
        if taken and not connection.is_closed():
            # A session that is gone has let go by itself.
            with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await connection.execute("select pg_advisory_unlock($1)", FENCE_LOCK)
        await database.release(connection)
