"""The SQLite file of a witness: every statement that reads or writes it.

One file without side files (rollback journal, synchronous EXTRA): a commit is on the disk, the folder's entry
included, when it returns. Each change of what was seen takes the whole file first, so that of two requests at once the
second sees what the first has kept.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from holdfast.platform.clock import Instant
from holdfast.platform.crypto import random_bytes
from holdfast.pure.errors import Conflict, Invalid, NotFound
from holdfast.pure.evidence import EMPTY_ROOT, VerifierKey, parse_vkey
from holdfast.pure.witnessing import Seen

FORMAT = "holdfast-witness/1"
BUSY_SECONDS = 10.0
FORGERIES_MAX = 1000
"""Proofs against one log that are kept; the first ones matter, and a log must not fill the disk."""

_SCHEMA = """
create table meta (name text primary key, value text not null) strict, without rowid;
create table logs (origin text primary key, url text not null, added_at integer not null) strict, without rowid;
create table log_keys (
    vkey text primary key, origin text not null references logs on delete cascade) strict, without rowid;
create table seen (
    origin text primary key, size integer not null, root blob not null, note blob not null,
    cosigned_at integer not null, cosignatures integer not null, stopped text) strict, without rowid;
create table forgeries (
    id integer primary key, origin text not null, digest blob not null unique, received_at integer not null,
    seen_size integer not null, seen_note blob not null, request blob not null) strict;
"""


@dataclass(frozen=True)
class KnownLog:
    """A log that is witnessed. url: its prefix, or empty. note: the newest checkpoint that was cosigned, with the
    cosignature; empty before the first. stopped: why nothing of it is cosigned any more, or None."""

    origin: str
    url: str
    vkeys: tuple[str, ...]
    seen: Seen
    note: bytes
    cosigned_at: Instant | None
    stopped: str | None

    @property
    def keys(self) -> list[VerifierKey]:
        """The keys that may sign for it."""
        return [parse_vkey(one) for one in self.vkeys]

    @property
    def origin_hash(self) -> str:
        """How the log is called in paths: SHA-256 of its origin, in hexadecimal."""
        return hashlib.sha256(self.origin.encode()).hexdigest()


@dataclass(frozen=True)
class Forgery:
    """What a log signed, and what it contradicts: `seen_note` was cosigned before, `request` came after."""

    id: int
    origin: str
    received_at: Instant
    seen_size: int
    seen_note: bytes
    request: bytes


class WitnessStore:
    """One connection to the file; to be used by one thread at a time. Close with `close`."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if not create and not path.exists():
            # An empty state beside a used key would cosign anything.
            raise NotFound(
                f"{path} is missing: a witness without its state must not serve; make a new one elsewhere"
            )
        # isolation_level None: transactions are begun and ended here, in words.
        self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode = delete")
        self._db.execute("pragma synchronous = extra")
        self._db.execute("pragma foreign_keys = on")
        if create:
            self._create()
        try:
            found = self._meta("format")
        except sqlite3.DatabaseError:
            found = None
        if found != FORMAT:
            self._db.close()
            raise Invalid(f"{path} is not the state of a witness that this version can read")
        self.state_id = self._meta("state_id") or ""

    def _create(self) -> None:
        with self.changing():
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            values = [("format", FORMAT), ("state_id", random_bytes(16).hex()), ("changes", "0")]
            self._db.executemany("insert into meta (name, value) values (?, ?)", values)

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """The file for one alone; what was written inside is durable afterwards, or undone by an exception."""
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    @property
    def changes(self) -> int:
        """How often something was cosigned, ever."""
        return int(self._meta("changes") or 0)

    def add_log(self, vkey: str, url: str, *, now: Instant) -> str:
        """Witness a log, or accept one more key of it; its origin, which is the key's name. Raises Conflict."""
        origin = parse_vkey(vkey).name
        with self.changing():
            self._db.execute(
                "insert into logs (origin, url, added_at) values (?, ?, ?)"
                " on conflict (origin) do update set url = case when excluded.url = '' then url else excluded.url end",
                (origin, url, _seconds(now)),
            )
            try:
                self._db.execute("insert into log_keys (vkey, origin) values (?, ?)", (vkey, origin))
            except sqlite3.IntegrityError:
                if not url:
                    raise Conflict(f"{origin} is witnessed already, with this key") from None
        return origin

    def log(self, origin: str) -> KnownLog | None:
        """One log, by its origin."""
        row = self._db.execute(
            "select logs.origin, url, size, root, note, cosigned_at, stopped from logs"
            " left join seen on seen.origin = logs.origin where logs.origin = ?",
            (origin,),
        ).fetchone()
        return self._known(row) if row else None

    def logs(self) -> list[KnownLog]:
        """All, by origin."""
        rows = self._db.execute(
            "select logs.origin, url, size, root, note, cosigned_at, stopped from logs"
            " left join seen on seen.origin = logs.origin order by logs.origin"
        ).fetchall()
        return [self._known(row) for row in rows]

    def keep_seen(self, origin: str, seen: Seen, note: bytes, *, cosigned_at: int) -> None:
        """This checkpoint is being cosigned (seconds since 1970). Inside `changing`."""
        self._db.execute(
            "insert into seen (origin, size, root, note, cosigned_at, cosignatures) values (?, ?, ?, ?, ?, 1)"
            " on conflict (origin) do update set size = excluded.size, root = excluded.root, note = excluded.note,"
            " cosigned_at = excluded.cosigned_at, cosignatures = cosignatures + 1",
            (origin, seen.size, seen.root, note, cosigned_at),
        )
        self._db.execute(
            "update meta set value = cast(cast(value as integer) + 1 as text) where name = 'changes'"
        )

    def stop_log(self, origin: str, why: str) -> None:
        """Cosign nothing of this log any more. Inside `changing`."""
        self._db.execute(
            "insert into seen (origin, size, root, note, cosigned_at, cosignatures, stopped) values (?, 0, ?, x'', 0, 0, ?)"
            " on conflict (origin) do update set stopped = coalesce(stopped, excluded.stopped)",
            (origin, EMPTY_ROOT, why),
        )

    def keep_forgery(self, log: KnownLog, request: bytes, *, now: Instant) -> None:
        """Keep what the log signed. Inside `changing`."""
        self._db.execute(
            "insert into forgeries (origin, digest, received_at, seen_size, seen_note, request)"
            " select ?, ?, ?, ?, ?, ? where (select count(*) from forgeries where origin = ?) < ?"
            " on conflict (digest) do nothing",
            (
                log.origin, hashlib.sha256(request).digest(), _seconds(now), log.seen.size, log.note, request,
                log.origin, FORGERIES_MAX,
            ),
        )  # fmt: skip

    def forgeries(self) -> list[Forgery]:
        """All, the oldest first."""
        rows = self._db.execute(
            "select id, origin, received_at, seen_size, seen_note, request from forgeries order by id"
        )
        return [Forgery(row[0], row[1], _instant(row[2]), *row[3:]) for row in rows]

    def _known(self, row: tuple[str, str, int | None, bytes, bytes, int, str | None]) -> KnownLog:
        origin, url, size, root, note, cosigned_at, stopped = row
        keys = self._db.execute("select vkey from log_keys where origin = ? order by vkey", (origin,))
        vkeys = tuple(one[0] for one in keys)
        if size is None:
            return KnownLog(origin, url, vkeys, Seen(), b"", None, None)
        when = _instant(cosigned_at) if cosigned_at else None
        return KnownLog(origin, url, vkeys, Seen(size, bytes(root)), bytes(note), when, stopped)

    def _meta(self, name: str) -> str | None:
        row = self._db.execute("select value from meta where name = ?", (name,)).fetchone()
        return row[0] if row else None


def _seconds(instant: Instant) -> int:
    return int(instant.timestamp())


def _instant(seconds: int) -> Instant:
    return datetime.fromtimestamp(seconds, UTC)
