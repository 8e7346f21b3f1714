"""Caches serve what they keep only while nothing that it was made from has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from holdfast.platform.cache import PageCache, StampedCache
from holdfast.platform.stamps import Kind, slot


class Stamps:
    in_transaction = False

    def __init__(self) -> None:
        self.values: dict[int, int] = {}

    async def read(self, slots: Sequence[int]) -> list[int]:
        return [self.values.get(one, 0) for one in slots]

    def touch(self, slots: Iterable[int]) -> None:
        for one in slots:
            self.values[one] = self.values.get(one, 0) + 1

    def touch_everything(self) -> None:
        self.touch(list(self.values))


class Counter:
    def __init__(self) -> None:
        self.made = 0

    async def __call__(self) -> int:
        self.made += 1
        return self.made


async def test_a_page_is_made_again_when_any_of_its_stamps_changed() -> None:
    stamps, make = Stamps(), Counter()
    cache: PageCache[str, int] = PageCache(stamps, 10)
    assert await cache.get("page", [1, 2], make) == 1
    assert await cache.get("page", [1, 2], make) == 1
    stamps.touch([2])
    assert await cache.get("page", [1, 2], make) == 2


async def test_a_page_made_from_a_value_of_before_is_not_served_for_the_new_one() -> None:
    """The stamps alone cannot tell: they may have been read after the change, the value before it."""
    cache: PageCache[str, int] = PageCache(Stamps(), 10)
    before, after, make = object(), object(), Counter()
    assert await cache.get("page", [1], make, made_from=before) == 1
    assert await cache.get("page", [1], make, made_from=after) == 2
    assert await cache.get("page", [1], make, made_from=after) == 2


async def test_what_changed_while_it_was_loaded_is_loaded_again() -> None:
    stamps = Stamps()
    cache: StampedCache[str] = StampedCache(stamps, Kind.POST, 10)
    loads: list[list[int]] = []

    async def load(ids: list[int]) -> dict[int, str]:
        loads.append(ids)
        if len(loads) == 1:
            stamps.touch([slot(Kind.POST, 7)])
        return {ident: f"{ident} as of load {len(loads)}" for ident in ids}

    await cache.get_many([7, 8], load)
    assert await cache.get_many([7, 8], load) == {7: "7 as of load 2", 8: "8 as of load 1"}
    assert loads == [[7, 8], [7]]


async def test_a_cache_keeps_no_more_than_its_capacity() -> None:
    cache: StampedCache[int] = StampedCache(Stamps(), Kind.POST, 10)
    loads: list[int] = []

    async def load(ids: list[int]) -> dict[int, int]:
        loads.extend(ids)
        return {ident: ident for ident in ids}

    for ident in range(30):
        await cache.get_many([ident], load)
    assert await cache.get_many(range(30), load) == {ident: ident for ident in range(30)}
    assert len(loads) >= 30 + 20
