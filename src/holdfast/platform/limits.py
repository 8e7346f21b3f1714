"""Rate limits: fixed windows counted in memory that all processes of this machine share.

Counters are approximate in two ways that a limit can bear: two keys may fall on one counter
(1 in 262,144), and two processes that count in the same instant may lose one count.
"""

from __future__ import annotations

import mmap
import os
from hashlib import blake2b
from pathlib import Path

import msgspec

from .clock import Instant

_SLOTS = 1 << 18
_FILE_BYTES = _SLOTS * 8
_COUNT_MASK = 0xFFFF_FFFF


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
        if path is None:
            self._map = mmap.mmap(-1, _FILE_BYTES)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if os.fstat(descriptor).st_size < _FILE_BYTES:
                    os.ftruncate(descriptor, _FILE_BYTES)
                self._map = mmap.mmap(descriptor, _FILE_BYTES)
            finally:
                os.close(descriptor)
        self._counters: memoryview = memoryview(self._map).cast("Q")

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

    def forgive(self, name: str, key: str | int) -> None:
        """Set a key's counter back: a right password ends the count of wrong ones."""
        self._counters[_slot(f"{name}:{key}")] = 0


def _slot(key: str) -> int:
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "big") & (_SLOTS - 1)
