"""PostgreSQL's log as it is written: physical replication through a slot, and what a superuser sets for it.

The driver is psycopg2, which speaks the replication protocol; asyncpg does not. Everything here blocks for a moment at most once it
is connected, except what says so: run those in a thread.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Final

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from ..pure.errors import Unavailable

_CONNECT_SECONDS: Final = 10
_NAMES: Final = "synchronous_standby_names"
_READ_ONLY: Final = "default_transaction_read_only"
_CAP: Final = "max_slot_wal_keep_size"
_SLOT: Final = (
    "select active, wal_status, restart_lsn - '0/0', pg_current_wal_flush_lsn() - '0/0' from pg_replication_slots"
    " where slot_name = %s"
)
# Whoever waits for a standby that never answers has not been told that it is done, and must not be told so now.
_END_SESSIONS: Final = (
    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    " where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name = 'holdfast'"
)


class ReplicationAway(Unavailable):
    """The database is away, refuses, or ended the replication. `private` has its words, which hold no password."""

    public = "The database does not hand out its log; see that it runs and that this role may replicate."


@dataclass(frozen=True, slots=True)
class Source:
    """Whose log it is: the system identifier as text, the timeline, and up to where it is flushed."""

    system: str
    timeline: int
    flushed_lsn: int


@dataclass(frozen=True, slots=True)
class Server:
    """What serves an address. major: its version. version: as it says it. encrypted: whether this line to it is."""

    major: int
    version: str
    encrypted: bool


def ask_server(dsn: str) -> Server:
    """Connect and ask. Blocks. Raises ReplicationAway."""
    try:
        connection = psycopg2.connect(
            dsn, application_name="holdfast mirror", connect_timeout=_CONNECT_SECONDS
        )
        try:
            version = str(connection.get_parameter_status("server_version") or "").partition(" ")[0]
            return Server(connection.server_version // 10_000, version, bool(connection.info.ssl_in_use))
        finally:
            connection.close()
    except psycopg2.Error as error:
        raise ReplicationAway(private=_words(error)) from None


@dataclass(frozen=True, slots=True)
class SlotState:
    """wal_status: reserved, extended, unreserved or lost. restart_lsn: from where on the log is kept, None where nothing is."""

    active: bool
    wal_status: str
    restart_lsn: int | None
    server_lsn: int

    @property
    def is_lost(self) -> bool:
        """Whether log was removed that the slot should have kept."""
        return self.wal_status == "lost" or self.restart_lsn is None

    @property
    def retained_bytes(self) -> int:
        """Log that is kept for the slot."""
        return max(0, self.server_lsn - self.restart_lsn) if self.restart_lsn is not None else 0


class WalStream:
    """One replication connection. `name` is what synchronous_standby_names calls it."""

    def __init__(self, dsn: str, name: str) -> None:
        try:
            self._connection = psycopg2.connect(
                dsn,
                connection_factory=psycopg2.extras.PhysicalReplicationConnection,
                application_name=name,
                connect_timeout=_CONNECT_SECONDS,
            )
            self._cursor: Any = self._connection.cursor()
        except psycopg2.Error as error:
            raise ReplicationAway(private=_words(error)) from None

    def identify(self) -> Source:
        """Whose log this is."""
        system, timeline, flushed, _ = self._one("IDENTIFY_SYSTEM")
        return Source(str(system), int(timeline), _lsn(flushed))

    def create_slot(self, slot: str) -> None:
        """Make the slot; the log is kept from the last checkpoint on."""
        self._one(f'CREATE_REPLICATION_SLOT "{slot}" PHYSICAL RESERVE_WAL')

    def start(self, slot: str, start_lsn: int, timeline: int) -> None:
        """Begin to receive. Raises ReplicationAway, also where another process has the slot."""
        try:
            self._cursor.start_replication(
                slot_name=slot,
                slot_type=psycopg2.extras.REPLICATION_PHYSICAL,
                start_lsn=_text(start_lsn),
                timeline=timeline,
            )
        except psycopg2.Error as error:
            raise ReplicationAway(private=_words(error)) from None

    def fileno(self) -> int:
        """What becomes readable when there is something to read."""
        number: int = self._cursor.fileno()
        return number

    def read(self) -> tuple[int, bytes] | None:
        """(position, log) if there is some, without waiting. Raises ReplicationAway when the stream ended."""
        try:
            message = self._cursor.read_message()
        except psycopg2.Error as error:
            raise ReplicationAway(private=_words(error)) from None
        if message is None:
            return None
        return int(message.data_start), bytes(message.payload)

    @property
    def server_lsn(self) -> int:
        """Up to where the database said that it has log."""
        return int(self._cursor.wal_end)

    def confirm(self, received_lsn: int, flushed_lsn: int) -> None:
        """Tell the database what came in, and what is safe. Raises ReplicationAway."""
        try:
            self._cursor.send_feedback(
                write_lsn=received_lsn, flush_lsn=flushed_lsn, apply_lsn=flushed_lsn, force=True
            )
        except psycopg2.Error as error:
            raise ReplicationAway(private=_words(error)) from None

    def close(self) -> None:
        """End it."""
        self._connection.close()

    def _one(self, command: str) -> tuple[Any, ...]:
        try:
            self._cursor.execute(command)
            row = self._cursor.fetchone()
        except psycopg2.Error as error:
            raise ReplicationAway(private=_words(error)) from None
        return tuple(row)


class ReplicationControl:
    """An ordinary connection of a superuser, for the slot and the parameters. Every method blocks, and raises ReplicationAway.

    May be used by several threads.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._open: psycopg2.extensions.connection | None = None
        self._one_at_a_time = threading.RLock()

    def slot(self, name: str) -> SlotState | None:
        """The slot as it is; None where there is none."""
        row = self._run(_SLOT, (name,))
        if row is None:
            return None
        active, status, restart, server = row
        return SlotState(
            bool(active), str(status), int(restart) if restart is not None else None, int(server)
        )

    def drop_slot(self, name: str) -> None:
        """Remove the slot; no error where there is none."""
        self._run(
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = %s",
            (name,),
        )

    def commits_wait(self) -> bool:
        """Whether commits wait for a standby."""
        row = self._run(f"show {_NAMES}")
        return bool(row and row[0])

    def set_waiting(self, name: str) -> None:
        """Commits wait for the standby of this name from now on; for none where it is empty, which lets all go that wait."""
        self._set(_NAMES, name)

    def cap_slots(self, megabytes: int) -> None:
        """How much log is kept for slots at most."""
        self._set(_CAP, f"{megabytes}MB")

    def refuse_writing(self) -> None:
        """No transaction that begins from now on may write, and those that wait are ended before they are told that they are done."""
        self._set(_READ_ONLY, "on")
        self._run(_END_SESSIONS)

    def allow_writing(self) -> None:
        """Undo it."""
        self._set(_READ_ONLY, "off")

    def is_read_only(self) -> bool:
        """Whether new transactions may not write."""
        row = self._run(f"show {_READ_ONLY}")
        return bool(row and row[0] == "on")

    def close(self) -> None:
        """Give the connection back."""
        with self._one_at_a_time:
            if self._open is not None:
                self._open.close()
                self._open = None

    def _set(self, parameter: str, value: str) -> None:
        # ALTER SYSTEM takes no parameters; both words are ours, and quoted all the same.
        quoted = value.replace("'", "''")
        self._run(f"alter system set {parameter} = '{quoted}'")
        self._run("select pg_reload_conf()")

    def _run(self, sql: str, arguments: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        with self._one_at_a_time:
            try:
                if self._open is None or self._open.closed:
                    self._open = psycopg2.connect(
                        self._dsn, application_name="holdfast mirror", connect_timeout=_CONNECT_SECONDS
                    )
                    self._open.set_session(autocommit=True)
                with self._open.cursor() as cursor:
                    cursor.execute(sql, arguments or None)
                    return cursor.fetchone() if cursor.description else None
            except psycopg2.Error as error:
                self.close()
                raise ReplicationAway(private=_words(error)) from None


def _lsn(text: str) -> int:
    high, _, low = text.partition("/")
    return int(high, 16) << 32 | int(low, 16)


def _text(lsn: int) -> str:
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


def _words(error: psycopg2.Error) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
