"""Change stamps: how a cache knows that what it holds is still true (ADR 0012).

Every write touches the stamps of what it changed. A cached value remembers the stamps it was
made from, read BEFORE its data, and is served only while they are equal. On one machine the
stamps are a memory-mapped file shared by all processes, so a read costs nanoseconds and
staleness is zero. When several machines share one database, the same port keeps them in the
table `stamps`, written inside the transaction.
"""

from __future__ import annotations

import itertools
import mmap
import os
import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Protocol

SLOT_BITS = 20
_SLOTS = 1 << SLOT_BITS
_MASK = _SLOTS - 1
_FILE_BYTES = _SLOTS * 8


class Kind(IntEnum):
    """What a stamp stands for; together with an id it names a slot."""

    ACCOUNT = 1  # how an account looks, and whether it may be seen
    ACCESS = 2  # whether an account's tokens and sessions are good
    RELATIONS = 3  # whom an account follows, blocks, mutes
    MARKS = 4  # what an account favourited, bookmarked, boosted, pinned, muted
    AUTHORED = 5  # which posts an account has
    POST = 6  # how a post looks, and whether it may be seen
    PUBLIC = 7  # which posts are in the public timelines
    TAG = 8  # which posts carry a hashtag
    NOTIFICATIONS = 9  # an account's notifications
    APP = 10  # an application's own tokens
    PREFERENCES = 11  # what a member chose for posting and reading
    LISTS = 30  # which lists an account has, and who is in them
    BANS = 20  # which networks, servers and mail domains are kept out
    EMOJIS = 31  # the custom emoji of this server
    BREAKER = 21  # which stage the breaker of the backlog is in
    SCREENING = 12  # where screening rules stand, and what labels an account or the domains carry


def slot(kind: Kind, ident: int = 0) -> int:
    """The slot of a thing. Two things may share one: that costs a reload, never a stale answer."""
    return ((ident * 0x9E3779B97F4A7C15 + kind * 0xC2B2AE3D27D4EB4F) >> 24) & _MASK


class Stamps(Protocol):
    """The port. `read` gives one value per slot, in order; values are only ever compared for equality."""

    in_transaction: bool

    async def read(self, slots: Sequence[int]) -> list[int]:
        """Current values."""
        ...

    def touch(self, slots: Iterable[int]) -> None:
        """Mark as changed, after the commit. Does nothing where stamps are written in the transaction."""
        ...

    def touch_everything(self) -> None:
        """Mark all there is as changed: after a process died between its commit and its `touch`."""
        ...


class SharedMemoryStamps:
    """Stamps in a file that all processes of this machine map."""

    in_transaction = False

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(descriptor).st_size < _FILE_BYTES:
                os.ftruncate(descriptor, _FILE_BYTES)
            self._map = mmap.mmap(descriptor, _FILE_BYTES)
        finally:
            os.close(descriptor)
        self.values: memoryview = memoryview(self._map).cast("Q")
        # Unique among processes, so that two that write at once never leave a value that a third has seen.
        self._next = itertools.count((int.from_bytes(os.urandom(5), "big") << 24) | 1)

    async def read(self, slots: Sequence[int]) -> list[int]:
        """Current values; never waits."""
        values = self.values
        return [values[slot] for slot in slots]

    def touch(self, slots: Iterable[int]) -> None:
        """Mark as changed for every process of this machine."""
        value = next(self._next) & 0xFFFF_FFFF_FFFF_FFFF
        for one in slots:
            self.values[one] = value

    def touch_everything(self) -> None:
        """Fill the file with one fresh value."""
        value = next(self._next) & 0xFFFF_FFFF_FFFF_FFFF
        self._map[:] = value.to_bytes(8, sys.byteorder) * _SLOTS

    def close(self) -> None:
        """Unmap."""
        self.values.release()
        self._map.close()


class _Reader(Protocol):
    async def fetch(self, sql: str, *arguments: object) -> list[tuple[int, int]]: ...


class DatabaseStamps:
    """Stamps in the database, for several machines. A crash of PostgreSQL empties the table, so the
    server's start time is part of every value."""

    in_transaction = True

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader

    async def read(self, slots: Sequence[int]) -> list[int]:
        """Current values, by one query."""
        rows = await self._reader.fetch(
            "select -1, (extract(epoch from pg_postmaster_start_time()) * 1000)::bigint"
            " union all select slot, value from stamps where slot = any($1::int[])",
            list(set(slots)),
        )
        found = {row[0]: row[1] for row in rows}
        boot = found[-1]
        return [found.get(one, 0) ^ boot for one in slots]

    def touch(self, slots: Iterable[int]) -> None:
        """Nothing to do: `TOUCH_SQL` ran inside the transaction."""

    def touch_everything(self) -> None:
        """Nothing to do: stamps commit with what they stand for."""


# Ordered by slot, so that two writers never wait for each other in a circle.
TOUCH_SQL = """
insert into stamps (slot, value)
select slot, (random() * 9e18)::bigint from (select distinct unnest($1::int[]) as slot order by 1) as touched
on conflict (slot) do update set value = excluded.value
"""


def empty_caches(path: Path) -> None:
    """Make every process that maps this file read anew: one died and may not have told what it changed."""
    stamps = SharedMemoryStamps(path)
    stamps.touch_everything()
    stamps.close()
