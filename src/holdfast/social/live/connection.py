"""One open stream: who it is for, what it follows, and what waits to be written to it."""

from __future__ import annotations

import asyncio
from collections import deque
from enum import StrEnum

from ..tokens import TokenSession
from .model import Item, Label, Topic

CLOSING_SECONDS = 1.0
"""A stream that has ended gets this long to say goodbye; a client that reads nothing would hold it for ever."""


class Ending(StrEnum):
    """Why a stream ends."""

    GONE = "gone"  # the other side left
    ACCESS = "access"  # its token opens this no more
    SLOW = "slow"  # it did not take what there was to tell
    STOPPING = "stopping"  # this process stops


class LiveConnection:
    """A bounded queue between the hub, which never waits, and the one task that writes to the client."""

    __slots__ = (
        "_closing", "_most", "_queue", "_wake", "account_id", "address", "ending", "labels", "secret", "slots", "stamps", "token", "writer",
    )  # fmt: skip

    def __init__(self, token: TokenSession, account_id: int, *, secret: str, address: str, most: int) -> None:
        self.token = token
        self.account_id = account_id
        self.secret = secret
        self.address = address
        self.ending: Ending | None = None
        self.labels: dict[Label, tuple[Topic, ...]] = {}
        self.slots: tuple[int, ...] = ()
        self.stamps: list[int] = []
        self._most = most
        self._queue: deque[tuple[Label, Item]] = deque()
        self._wake: asyncio.Future[None] | None = None
        self._closing: asyncio.TimerHandle | None = None
        self.writer: asyncio.Task[object] | None = None
        """The task that writes to the client."""

    def over(self) -> bool:
        """Whether it has ended."""
        return self.ending is not None

    def push(self, label: Label, item: Item) -> None:
        """Put something into the queue; a stream whose queue is full ends, since a gap would not be noticed."""
        if self.ending is not None:
            return
        if len(self._queue) >= self._most:
            self.end(Ending.SLOW)
            return
        self._queue.append((label, item))
        self._rouse()

    def end(self, why: Ending) -> None:
        """End it; the first reason counts. What still waits is not written any more."""
        if self.ending is None:
            self.ending = why
            self._queue.clear()
            if self.writer is not None and why is not Ending.GONE:
                # It may be waiting for a client that never reads again.
                loop = asyncio.get_running_loop()
                self._closing = loop.call_later(CLOSING_SECONDS, self.writer.cancel)
        self._rouse()

    def let_go(self) -> None:
        """Nobody writes to it any more."""
        self.writer = None
        if self._closing is not None:
            self._closing.cancel()

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def take(self, timeout_seconds: float) -> list[tuple[Label, Item]]:
        """All that waits, in order; waits for something. Empty after the timeout, and when the stream has ended."""
        if not self._queue and self.ending is None:
            loop = asyncio.get_running_loop()
            self._wake = loop.create_future()
            timer = loop.call_later(timeout_seconds, self._rouse)
            try:
                await self._wake
            finally:
                timer.cancel()
                self._wake = None
        taken = list(self._queue)
        self._queue.clear()
        return taken
