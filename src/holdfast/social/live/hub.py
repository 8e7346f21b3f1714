"""The hub of this process: who is connected, what they follow, and the events that are heard for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterable

import msgspec
import structlog

from ...platform.clock import Clock
from ...platform.db import Database
from ...platform.live import LIVE_CHANNEL, Inbox, LiveEvent, unpacked
from ...platform.stamps import Kind, slot
from ...pure.errors import HoldfastError, LimitReached, NotAuthenticated, Unavailable
from ..graph import RelationsReader
from ..lists import ListNotVisible, ListReader
from ..notifications import NotificationReader
from ..posts import PostReader
from ..tokens import TokenReader, TokenSession
from .connection import Ending, LiveConnection
from .fan_out import FanOut, FanOutReaders
from .missed import Missed
from .model import Label, Topic
from .watchers import Watchers

log = structlog.get_logger(__name__)

_LIFE_SIGN_SECONDS = 10.0
_LIFE_SIGN_TIMEOUT_SECONDS = 5.0
_AGAIN_SECONDS = 0.5


class LiveReaders(msgspec.Struct, frozen=True):
    """What the hub reads with."""

    relations: RelationsReader
    posts: PostReader
    notifications: NotificationReader
    lists: ListReader
    tokens: TokenReader


class LiveLimits(msgspec.Struct, frozen=True):
    """How much one process bears; every number is a setting."""

    per_account: int = 64
    per_address: int = 500
    waiting: int = 500
    check_seconds: float = 1.0


class LiveHub:
    """Made once per process that serves streams; `run` listens until `close`."""

    def __init__(
        self, database: Database, readers: LiveReaders, clock: Clock, limits: LiveLimits | None = None
    ) -> None:
        self._database = database
        self._tokens = readers.tokens
        self._limits = limits or LiveLimits()
        self._connections: set[LiveConnection] = set()
        self._topics: dict[Topic, dict[tuple[LiveConnection, Label], None]] = {}
        self._by_account: Counter[int] = Counter()
        self._by_address: Counter[str] = Counter()
        self._watchers = Watchers(readers.relations, database.stamps)
        self._lists = readers.lists
        self._fan_out = FanOut(
            database,
            FanOutReaders(readers.posts, readers.notifications, readers.lists),
            self._watchers,
            self._topics,
        )
        self._missed = Missed(database, clock)
        self._closed = False
        self.listening = asyncio.Event()
        """Set while events are heard."""

    def __len__(self) -> int:
        return len(self._connections)

    def open_connections(self) -> list[LiveConnection]:
        """Those that are open now."""
        return list(self._connections)

    async def open(self, token: TokenSession, *, secret: str, address: str) -> LiveConnection:
        """A stream for the member of this token. Give it back with `release`, whatever happens.

        Raises LimitReached, NotAuthenticated when the access ended meanwhile, Unavailable when this process stops.
        """
        account_id = token.account_id
        if account_id is None:
            raise NotAuthenticated("This method requires an authenticated user")
        if self._closed:
            raise Unavailable("This server is stopping; connect again shortly.")
        if self._by_account[account_id] >= self._limits.per_account:
            raise LimitReached("Too many open streams for this account; close some of them first.")
        if self._by_address[address] >= self._limits.per_address:
            raise LimitReached("Too many open streams from this address; close some of them first.")
        connection = LiveConnection(
            token, account_id, secret=secret, address=address, most=self._limits.waiting
        )
        self._connections.add(connection)
        self._by_account[account_id] += 1
        self._by_address[address] += 1
        try:
            await self._watchers.add(account_id)
        except BaseException:
            self._drop(connection)
            raise
        try:
            connection.slots = (slot(Kind.APP, token.app_id), slot(Kind.ACCESS, account_id))
            connection.stamps = await self._database.stamps.read(connection.slots)
            # Asked again after the stamps: a token that ended in between would else never be noticed.
            if await self._tokens.find(secret) != token:
                raise NotAuthenticated
        except BaseException:
            self.release(connection)
            raise
        return connection

    def subscribe(self, connection: LiveConnection, label: Label, topics: Iterable[Topic]) -> None:
        """Tell this connection, under this label, what happens in the topics."""
        if connection not in self._connections:
            return
        self.unsubscribe(connection, label)
        connection.labels[label] = wanted = tuple(topics)
        for topic in wanted:
            self._topics.setdefault(topic, {})[connection, label] = None

    async def owns_list(self, account_id: int, list_id: int) -> bool:
        """Whether a list is there and the account's own."""
        try:
            await self._lists.with_members(account_id, list_id)
        except ListNotVisible:
            return False
        return True

    def unsubscribe(self, connection: LiveConnection, label: Label) -> None:
        """No more of this label."""
        for topic in connection.labels.pop(label, ()):
            followed = self._topics.get(topic)
            if followed is not None:
                followed.pop((connection, label), None)
                if not followed:
                    del self._topics[topic]

    def release(self, connection: LiveConnection) -> None:
        """The stream is over; may be called again."""
        if connection in self._connections:
            self._drop(connection)
            self._watchers.remove(connection.account_id)

    def _drop(self, connection: LiveConnection) -> None:
        connection.let_go()
        connection.end(Ending.GONE)
        for label in list(connection.labels):
            self.unsubscribe(connection, label)
        self._connections.discard(connection)
        self._by_account -= Counter((connection.account_id,))
        self._by_address -= Counter((connection.address,))

    def close(self) -> None:
        """End every stream: this process stops."""
        self._closed = True
        for connection in list(self._connections):
            connection.end(Ending.STOPPING)

    async def run(self) -> None:
        """Listen, tell, and look after access, until cancelled; survives a database that goes away."""
        looking_after = asyncio.create_task(self._keep_looking_after())
        try:
            while True:
                try:
                    async with self._database.listening(LIVE_CHANNEL) as inbox:
                        self.listening.set()
                        await self._missed.catch_up(self._fan_out, self._watchers)
                        await self._listen(inbox)
                except HoldfastError as error:
                    log.info("live.database_away", error=error.public)
                finally:
                    self.listening.clear()
                await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            looking_after.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking_after
            self.close()

    async def _listen(self, inbox: Inbox) -> None:
        while not inbox.lost:
            try:
                async with asyncio.timeout(_LIFE_SIGN_SECONDS):
                    await inbox.heard.wait()
            except TimeoutError:
                await inbox.check(_LIFE_SIGN_TIMEOUT_SECONDS)
                continue
            events: list[LiveEvent] = []
            for payload in inbox.take():
                events += unpacked(payload)
            self._missed.heard(events)
            if self._connections:
                await self._fan_out.tell(events)

    async def _keep_looking_after(self) -> None:
        while True:
            await asyncio.sleep(self._limits.check_seconds)
            try:
                await self.look_after()
            except Unavailable:
                continue
            except Exception:
                # Streams whose access ended must be found at the next look, whatever was wrong with this one.
                log.exception("live.look_after_failed")

    async def look_after(self) -> None:
        """End the streams whose access has ended, and see who follows whom by now."""
        connections = list(self._connections)
        slots = [one for connection in connections for one in connection.slots]
        stamps = await self._database.stamps.read(slots) if slots else []
        at = 0
        for connection in connections:
            now = stamps[at : at + len(connection.slots)]
            at += len(connection.slots)
            if now != connection.stamps:
                await self._check_access(connection, now)
        await self._watchers.refresh()

    async def _check_access(self, connection: LiveConnection, stamps: list[int]) -> None:
        try:
            token = await self._tokens.find(connection.secret)
        except Unavailable:
            return
        except HoldfastError:
            token = None
        if token is None or (token.account_id, token.scopes) != (
            connection.account_id,
            connection.token.scopes,
        ):
            connection.end(Ending.ACCESS)
        connection.stamps = stamps
