"""What every store must do, the fake and the real ones alike."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from holdfast.platform import stores


async def check_contract(store: stores.Store) -> None:
    """Raises AssertionError where the store is not one of the port's. It must be empty, and is left with objects."""
    assert await store.list() == []
    await _writing(store)
    await _ranges(store)
    await _listing(store)
    await _races(store)
    await _deleting(store)
    for name in ("", "/a", "a/", "../a", "a/../b", "a//b", ".hidden", "a\nb", "x" * 513):
        with pytest.raises(stores.StoreMisnamed):
            await store.get(name)


async def _writing(store: stores.Store) -> None:
    await store.put_new("a/one", b"first")
    with pytest.raises(stores.ObjectExists):
        await store.put_new("a/one", b"second")
    assert await store.get("a/one") == b"first"
    await store.put("a/one", b"third")
    assert await store.get("a/one") == b"third"
    with pytest.raises(stores.ObjectMissing):
        await store.get("a/two")
    big = bytes(range(256)) * 20_000
    await store.put_new("big", big)
    assert await store.get("big") == big


async def _ranges(store: stores.Store) -> None:
    await store.put_new("digits", b"0123456789")
    assert await store.get_range("digits", 2, 5) == b"234"
    assert await store.get_range("digits", 8, 99) == b"89"
    assert await store.get_range("digits", 10, 12) == b""
    with pytest.raises(stores.ObjectMissing):
        await store.get_range("nothing", 0, 1)
    with pytest.raises(stores.StoreMisnamed):
        await store.get_range("digits", 5, 5)


async def _listing(store: stores.Store) -> None:
    for name in ("a/b/deep", "ab/other"):
        await store.put_new(name, b"x")
    found = await store.list("a")
    assert [one.name for one in found] == ["a/b/deep", "a/one"]
    assert [one.size_bytes for one in found] == [1, 5]
    assert all(abs(datetime.now(UTC) - one.modified_at) < timedelta(minutes=5) for one in found)
    assert await store.list("a/") == found
    assert await store.list("nowhere") == []


async def _races(store: stores.Store) -> None:
    """Of many that write one name at once, one does."""
    written = [f"writer {number}".encode() for number in range(8)]
    told = await asyncio.gather(*(store.put_new("race", data) for data in written), return_exceptions=True)
    assert sum(isinstance(one, stores.ObjectExists) for one in told) == 7
    winner = next(index for index, one in enumerate(told) if not isinstance(one, BaseException))
    assert await store.get("race") == written[winner]


async def _deleting(store: stores.Store) -> None:
    await store.delete("big")
    await store.delete("big")
    with pytest.raises(stores.ObjectMissing):
        await store.get("big")
    assert "big" not in [one.name for one in await store.list()]
