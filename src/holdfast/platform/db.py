"""The database port: one pool, one transaction per command, reads outside of any.

A command is `async with database.transaction() as tx:`. The connection is taken at the first
statement, so whatever is computed before (screening, passwords) holds none. Jobs that the
command emits and stamps that it touches are written, or made known, exactly when it commits.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

import asyncpg

from .connections import Connections
from .database_away import DatabaseAway, is_away
from .live import Inbox, LiveEvent, Notifier
from .outbox import INSERT_JOBS_SQL, Event, NewJob, job_rows
from .stamps import TOUCH_SQL, Kind, SharedMemoryStamps, Stamps, slot

if TYPE_CHECKING:
    from .crypto import Keyring

Row: TypeAlias = asyncpg.Record
UniqueViolation = asyncpg.UniqueViolationError
Deadlock = asyncpg.DeadlockDetectedError
ForeignKeyViolation = asyncpg.ForeignKeyViolationError
JOBS_CHANNEL = "holdfast_jobs"
_NOTIFY_SQL = (
    "select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as new (channel, payload)"
)
_CLOSE_SECONDS = 5.0
# What a commit waits for matters when it comes, so that saying it takes no round trip of its own.
_COMMIT_HERE = "set local synchronous_commit = local; commit"


class Reader(Protocol):
    """What a query needs: satisfied by `Database` (outside a transaction) and by `Tx` (inside)."""

    async def fetch(self, sql: str, *arguments: Any) -> list[Row]:
        """All rows."""
        ...

    async def fetchrow(self, sql: str, *arguments: Any) -> Row | None:
        """The first row or None."""
        ...

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row, or None."""
        ...


GatheredWrite: TypeAlias = "Callable[[Tx, list[Any]], Awaitable[None]]"


class Tx:
    """One command's transaction. Only `Database.transaction()` makes, commits or rolls back one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._jobs: list[NewJob] = []
        self._live: list[LiveEvent] = []
        self._touched: set[int] = set()
        self._everything = False
        self._relaxed = self._lasting = False
        # What use cases read and locked in this transaction, by a key of their own, so that it is asked for once.
        self.locked: dict[object, Any] = {}
        self._gathered: dict[GatheredWrite, list[Any]] = defaultdict(list)

    @property
    def keyring(self) -> Keyring:
        """The keys of this server, for what may only be written sealed."""
        return self._database.keys()

    async def _open(self) -> Any:
        if self._connection is None:
            self._connection = self._database.take_idle() or await self._database.acquire()
            await self._connection.execute("begin")
        return self._connection

    async def fetch(self, sql: str, *arguments: Any) -> list[Row]:
        """All rows."""
        return list(await (await self._open()).fetch(sql, *arguments))

    async def fetchrow(self, sql: str, *arguments: Any) -> Row | None:
        """The first row or None."""
        return await (await self._open()).fetchrow(sql, *arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row, or None."""
        return await (await self._open()).fetchval(sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> int:
        """Run a statement; the number of rows it changed."""
        status: str = await (await self._open()).execute(sql, *arguments)
        tail = status.rsplit(" ", 1)[-1]
        return int(tail) if tail.isdigit() else 0

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Bulk load by COPY."""
        connection = await self._open()
        await connection.copy_records_to_table(table, records=rows, columns=list(columns))

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A savepoint: what fails inside is undone and the error goes on, the transaction stays usable."""
        await self.write_gathered()
        await self.execute("savepoint attempt")
        try:
            yield
        except BaseException:
            self.locked.clear()  # rows made since may be gone, and locks taken since are
            self._gathered.clear()
            await self.execute("rollback to savepoint attempt")
            raise
        await self.execute("release savepoint attempt")

    def emit(self, event: Event) -> None:
        """Record that something happened; its reactions become jobs of this transaction, streams hear of it after."""
        self._jobs.extend(self._database.reactions(event))
        self._live.extend(self._database.live(event))

    def enqueue(self, job: NewJob) -> None:
        """Add one job that is not a reaction to an event."""
        self._jobs.append(job)

    def gather(self, write: GatheredWrite, row: Any) -> None:
        """Leave a row to be written with all others of `write`, in one statement just before the commit."""
        self._gathered[write].append(row)

    async def write_gathered(self) -> None:
        """Write now what was gathered: for who reads it in this transaction."""
        while self._gathered:
            write, rows = self._gathered.popitem()
            await write(self, rows)

    def relaxed(self) -> None:
        """Class B: with a mirror, the commit waits for this machine's disk alone. The last second of it may be lost with the machine.

        For what people do not miss or what is done again: likes, counters, read marks, and jobs, whose rows come back with it.
        """
        self._relaxed = True

    def lasting(self) -> None:
        """Class A, whoever says otherwise before or after: nothing of this transaction may be lost once it was answered."""
        self._lasting = True

    @property
    def waits_for_the_mirror(self) -> bool:
        """Whether this is class A."""
        return self._lasting or not self._relaxed

    def touch(self, kind: Kind, ident: int = 0) -> None:
        """Mark something as changed for every cache, when this commits."""
        self._touched.add(slot(kind, ident))

    def touch_everything(self) -> None:
        """Empty every cache, when this commits."""
        self._everything = True

    async def _commit(self) -> None:
        await self.write_gathered()
        if self._jobs:
            await self.execute(INSERT_JOBS_SQL, *job_rows(self._jobs))
        stamps = self._database.stamps
        if self._touched and stamps.in_transaction:
            await self.execute(TOUCH_SQL, list(self._touched))
        try:
            if self._connection is not None:
                here = not self.waits_for_the_mirror and self._database.is_mirrored()
                await self._connection.execute(_COMMIT_HERE if here else "commit")
        finally:
            # Also after an error: the server may have committed before the answer was lost.
            stamps.touch(self._touched)
            if self._everything:
                stamps.touch_everything()
        if self._jobs:
            self._database.notifier.wake_workers()
        if self._live:
            self._database.notifier.announce(self._live)

    async def _rollback(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            with contextlib.suppress(asyncpg.PostgresError, OSError, asyncpg.InterfaceError):
                await self._connection.execute("rollback")


class _Transaction:
    """The context manager behind `Database.transaction()`: leaner than a generator on the hot path."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tx = Tx(database)

    async def __aenter__(self) -> Tx:
        return self._tx

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tx = self._tx
        committed = False
        try:
            if error is None:
                await self._commit()
                committed = True
            else:
                await tx._rollback()
                if is_away(error):
                    raise DatabaseAway(private=repr(error)) from error
        finally:
            if tx._connection is not None:
                await self._database.release(tx._connection, clean=committed)

    async def _commit(self) -> None:
        try:
            await self._tx._commit()
        except BaseException as error:
            await self._tx._rollback()
            if is_away(error):
                raise DatabaseAway(private=repr(error)) from error
            raise


@dataclass(frozen=True)
class PoolLimits:
    """How the pool behaves; every number is a setting."""

    size: int = 8
    acquire_timeout_seconds: float = 10.0
    statement_timeout_seconds: float = 30.0


class Database:
    """The pool, and all that a command needs beside it."""

    def __init__(
        self,
        pool: asyncpg.Pool[Row],
        limits: PoolLimits,
        reactions: Callable[[Event], Iterable[NewJob]] | None = None,
        live: Callable[[Event], Iterable[LiveEvent]] | None = None,
    ) -> None:
        self._connections = Connections(pool, limits.size, limits.acquire_timeout_seconds)
        self.reactions: Callable[[Event], Iterable[NewJob]] = reactions or (lambda _event: ())
        self.live: Callable[[Event], Iterable[LiveEvent]] = live or (lambda _event: ())
        self.stamps: Stamps = _NoStamps()
        self.keys: Callable[[], Keyring] = _no_keys
        self.is_mirrored: Callable[[], bool] = lambda: False
        self.notifier = Notifier(self._notify, JOBS_CHANNEL)

    @classmethod
    async def connect(
        cls,
        dsn: str,
        limits: PoolLimits | None = None,
        reactions: Callable[[Event], Iterable[NewJob]] | None = None,
        live: Callable[[Event], Iterable[LiveEvent]] | None = None,
    ) -> Self:
        """Open the whole pool now: opened lazily, a burst of first requests storms the server."""
        limits = limits or PoolLimits()
        pool = await asyncpg.create_pool(
            dsn,
            min_size=limits.size,
            max_size=limits.size,
            max_inactive_connection_lifetime=0,
            statement_cache_size=1000,
            max_cached_statement_lifetime=0,
            timeout=limits.acquire_timeout_seconds,
            reset=_keep_as_is,
            command_timeout=limits.statement_timeout_seconds,
            server_settings={"application_name": "holdfast", "timezone": "UTC", "jit": "off"},
        )
        return cls(pool, limits, reactions, live)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Send what is still to be made known, then close every connection."""
        await self.notifier.close()
        await self._connections.close(_CLOSE_SECONDS)

    @property
    def keyring(self) -> Keyring:
        """The keys of this server, to open what was sealed."""
        return self.keys()

    def transaction(self) -> _Transaction:
        """One command's transaction."""
        return _Transaction(self)

    def take_idle(self) -> Any:
        """A connection that is at hand, or None; `acquire` waits for one."""
        return self._connections.take_idle()

    async def acquire(self) -> Any:
        """A connection of the pool; raises Unavailable when none comes free or the server is away."""
        try:
            return await self._connections.take()
        except Exception as error:
            if is_away(error):
                raise DatabaseAway(private=repr(error)) from error
            raise

    async def release(self, connection: Any, *, clean: bool = False) -> None:
        """Give a connection back; `clean`: it finished all it was asked, and no transaction is open."""
        if clean:
            self._connections.keep(connection)
        else:
            await self._connections.give_back(connection)

    async def fetch(self, sql: str, *arguments: Any) -> list[Row]:
        """All rows, outside a transaction."""
        return list(await self._run("fetch", sql, arguments))

    async def fetchrow(self, sql: str, *arguments: Any) -> Row | None:
        """The first row or None, outside a transaction."""
        row: Row | None = await self._run("fetchrow", sql, arguments)
        return row

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row, outside a transaction."""
        return await self._run("fetchval", sql, arguments)

    async def _run(self, method: str, sql: str, arguments: tuple[Any, ...]) -> Any:
        connection = self._connections.take_idle() or await self.acquire()
        try:
            result = await getattr(connection, method)(sql, *arguments)
        except BaseException as error:
            await self._connections.give_back(connection)
            if is_away(error):
                raise DatabaseAway(private=repr(error)) from error
            raise
        self._connections.keep(connection)
        return result

    async def _notify(self, channels: list[str], payloads: list[str]) -> None:
        await self._run("execute", _NOTIFY_SQL, (channels, payloads))

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator[Inbox]:
        """A connection of its own that hears each NOTIFY on `channel`, and notices when it is lost."""
        connection = await self.acquire()
        inbox = Inbox(connection)
        connection.add_termination_listener(inbox.lose)
        try:
            await connection.add_listener(channel, inbox.hear)
            yield inbox
        finally:
            with contextlib.suppress(asyncpg.PostgresError, OSError, asyncpg.InterfaceError):
                connection.remove_termination_listener(inbox.lose)
                await connection.remove_listener(channel, inbox.hear)
            await self.release(connection)


class _NoStamps:
    """Before wiring gives the real ones: nothing is cached, so nothing needs to be known."""

    in_transaction = False

    async def read(self, slots: Sequence[int]) -> list[int]:
        return [-1] * len(slots)

    def touch(self, slots: Iterable[int]) -> None:
        return None

    def touch_everything(self) -> None:
        return None


def _no_keys() -> Keyring:
    """Before wiring says where the keys are."""
    raise RuntimeError("this database was opened without the keys of the server")


async def _keep_as_is(_connection: Any) -> None:
    """No session state is ever set, so returning a connection needs no round trip."""


__all__ = [
    "Database", "Deadlock", "ForeignKeyViolation", "PoolLimits", "Reader", "Row", "SharedMemoryStamps", "Tx", "UniqueViolation",
]  # fmt: skip
