"""Connections at hand: a stack before the driver's pool, so that taking and giving back is no task of its own.

The driver's pool opens, closes and replaces connections; what it does at every acquire and release (a deadline, a
shielded task, a reset) costs half as much as a small query. A connection that comes back clean is kept here instead;
anything else goes back to the pool, which looks after it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import asyncpg


class Connections:
    """At most `size` connections; a caller waits for one at most `timeout_seconds`, then TimeoutError."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], size: int, timeout_seconds: float) -> None:
        self._pool = pool
        self._size = size
        self._timeout_seconds = timeout_seconds
        self._idle: list[Any] = []
        self._broken: list[Any] = []
        self._taken = 0  # from the pool: at work, or idle here
        # A waiter is given a connection, or None: then there is room to take one from the pool.
        self._waiting: deque[asyncio.Future[Any]] = deque()

    def take_idle(self) -> Any:
        """A connection that is at hand, or None."""
        while self._idle:
            connection = self._idle.pop()
            try:
                if not connection.is_closed():
                    return connection
                self._broken.append(connection)
            except asyncpg.InterfaceError:
                # The pool has noticed that it was closed and taken it back.
                self._taken -= 1
        return None

    async def take(self) -> Any:
        """A connection, opened when it must be."""
        connection = self.take_idle()
        if connection is not None:
            return connection
        async with asyncio.timeout(self._timeout_seconds):
            while self._broken:
                await self.give_back(self._broken.pop())
            while self._taken >= self._size:
                connection = await self._wait()
                if connection is not None:
                    return connection
            self._taken += 1
            try:
                return await self._pool.acquire()
            except BaseException:
                self._make_room()
                raise

    def keep(self, connection: Any) -> None:
        """Give back a connection that finished all it was asked, with no transaction open."""
        if not self._hand_over(connection):
            self._idle.append(connection)

    async def give_back(self, connection: Any) -> None:
        """Give back a connection of which one does not know how it is: after an error, or when it was cancelled."""
        try:
            await self._pool.release(connection)
        finally:
            self._make_room()

    async def close(self, timeout_seconds: float) -> None:
        """Close all; those at work get the time to finish."""
        try:
            async with asyncio.timeout(timeout_seconds):
                for connection in self._idle + self._broken:
                    await self.give_back(connection)
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def _wait(self) -> Any:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            return await waiter
        except BaseException:
            # It may have been given something in the very moment when it gave up.
            if waiter.done() and not waiter.cancelled():
                connection = waiter.result()
                if connection is not None:
                    self.keep(connection)
                else:
                    self._hand_over(None)
            raise

    def _make_room(self) -> None:
        self._taken -= 1
        self._hand_over(None)

    def _hand_over(self, connection: Any) -> bool:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return True
        return False
