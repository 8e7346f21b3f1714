"""Caches that never lie: values kept with the change stamps they were made from (ADR 0012)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from itertools import islice
from typing import Generic, TypeVar

from .stamps import Kind, Stamps, slot

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class StampedCache(Generic[V]):
    """Values by id, each depending on the one stamp (kind, id)."""

    def __init__(self, stamps: Stamps, kind: Kind, capacity: int) -> None:
        self._stamps = stamps
        self._kind = kind
        self._capacity = capacity
        self._entries: dict[int, tuple[int, int, V]] = {}

    async def get_many(
        self, ids: Iterable[int], load: Callable[[list[int]], Awaitable[dict[int, V]]]
    ) -> dict[int, V]:
        """The values of `ids`; those absent or changed are loaded, all by one call. Missing ids are left out."""
        entries = self._entries
        wanted = [(ident, entries.get(ident)) for ident in ids]
        slots = [entry[0] if entry else slot(self._kind, ident) for ident, entry in wanted]
        stamps = await self._stamps.read(slots)
        found: dict[int, V] = {}
        missing: dict[int, tuple[int, int]] = {}
        for (ident, entry), where, stamp in zip(wanted, slots, stamps, strict=True):
            if entry is not None and entry[1] == stamp:
                found[ident] = entry[2]
            else:
                missing[ident] = (where, stamp)
        if missing:
            loaded = await load(list(missing))
            for ident, (where, stamp) in missing.items():
                value = loaded.get(ident)
                if value is None:
                    entries.pop(ident, None)
                else:
                    entries[ident] = (where, stamp, value)
                    found[ident] = value
            _shrink(entries, self._capacity)
        return found


class PageCache(Generic[K, V]):
    """Values that depend on many stamps at once: a timeline page, a viewer's relations."""

    def __init__(self, stamps: Stamps, capacity: int) -> None:
        self._stamps = stamps
        self._capacity = capacity
        self._entries: dict[K, tuple[object, list[int], V]] = {}

    async def get(
        self,
        key: K,
        dependencies: Sequence[int],
        make: Callable[[], Awaitable[V]],
        *,
        made_from: object = None,
    ) -> V:
        """The value of `key`; made again when a stamp in the slots `dependencies` changed since.

        `made_from`: a cached value from which `make` works and from which `dependencies` come. A value made from
        another one, read before what changed, is never served, whatever the stamps say by then.
        """
        stamps = await self._stamps.read(dependencies)
        entry = self._entries.get(key)
        if entry is not None and entry[1] == stamps and entry[0] is made_from:
            return entry[2]
        value = await make()
        self._entries[key] = (made_from, stamps, value)
        _shrink(self._entries, self._capacity)
        return value


def _shrink(entries: dict[K, V], capacity: int) -> None:
    if len(entries) > capacity:
        for key in list(islice(entries, len(entries) - capacity + capacity // 10)):
            del entries[key]
