"""Rate limits: fixed windows counted in memory that all processes of this machine share.

Counters are approximate in ways that a limit can bear: two keys may fall on one counter (1 in 262,144), two
processes that count in the same instant may lose one count, and of many different things one that was counted
before may be counted again when another took its place (a million places).
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

import msgspec

from .clock import Instant

_SLOTS = 1 << 18
_ENTRY_BYTES = 8
_COUNT_MASK = 0xFFFF_FFFF
_MARKS = 1 << 20
_MARK_MASK = 0xFFFF_FFFF_FFFF_FFFF


class Rate(msgspec.Struct, frozen=True):
    """So many in so many seconds."""

    most: int
    seconds: int


class Spent(msgspec.Struct, frozen=True):
    """Where a key stands: `remaining` may be used until `resets_at` (unix seconds)."""

    allowed: bool
    limit: int
    remaining: int
    resets_at: int


class RateLimits:
    """The counters. `path` None keeps them in this process alone."""

    def __init__(self, path: Path | None) -> None:
        self._counters = _shared(path, _SLOTS)
        self._marks = _shared(path and path.with_name(f"{path.name}.seen"), _MARKS)

    def spend(self, name: str, key: str | int, rate: Rate, now: Instant, *, count: int = 1) -> Spent:
        """Count one use of `name` by `key`; `allowed` is False above the rate. `count=0` only looks."""
        seconds = int(now.timestamp())
        window = seconds // rate.seconds
        where = _slot(f"{name}:{key}")
        entry = self._counters[where]
        used = entry & _COUNT_MASK if entry >> 32 == window & _COUNT_MASK else 0
        used = min(used + count, _COUNT_MASK)
        self._counters[where] = (window & _COUNT_MASK) << 32 | used
        return Spent(used <= rate.most, rate.most, max(rate.most - used, 0), (window + 1) * rate.seconds)

    def spend_distinct(
        self, name: str, key: str | int, things: Iterable[int], rate: Rate, now: Instant
    ) -> Spent:
        """Count those of the things that `key` has not had in this window; each counts once, however often it comes."""
        window = int(now.timestamp()) // rate.seconds
        owner = int.from_bytes(blake2b(f"{name}:{key}:{window}".encode(), digest_size=7).digest(), "big")
        fresh = 0
        for thing in things:
            # Of small whole numbers this is the same in every process, and tells all of them apart.
            mark = hash((owner, thing >> 32, thing & 0xFFFF_FFFF)) & _MARK_MASK or 1
            where = mark & (_MARKS - 1)
            if self._marks[where] != mark:
                self._marks[where] = mark
                fresh += 1
        return self.spend(name, key, rate, now, count=fresh)

    def forgive(self, name: str, key: str | int) -> None:
        """Set a key's counter back: a right password ends the count of wrong ones."""
        self._counters[_slot(f"{name}:{key}")] = 0


def _slot(key: str) -> int:
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "big") & (_SLOTS - 1)


def _shared(path: Path | None, entries: int) -> memoryview:
    """So many whole numbers, zero at first, in a file that other processes map too; `path` None: in this process alone."""
    size_bytes = entries * _ENTRY_BYTES
    if path is None:
        return memoryview(mmap.mmap(-1, size_bytes)).cast("Q")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(descriptor).st_size < size_bytes:
            os.ftruncate(descriptor, size_bytes)
        return memoryview(mmap.mmap(descriptor, size_bytes)).cast("Q")
    finally:
        os.close(descriptor)
