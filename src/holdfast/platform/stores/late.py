"""A store that is opened when it is first needed, and again until that works: a disk that is not mounted yet is a store that is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .port import Store, StoreAway, StoredObject, StoreMisnamed

_NO_MARKS: Final[frozenset[str]] = frozenset()


class LateStore:
    """What `open_now` opens, once it can. Until then every method raises StoreAway."""

    def __init__(self, address: str, open_now: Callable[[], Store]) -> None:
        self._address, self._open_now = address, open_now
        self._store: Store | None = None

    @property
    def address(self) -> str:
        """Where it is."""
        return self._address

    @property
    def owner_marks(self) -> frozenset[str]:
        """See the port; none while it is not open."""
        return self._store.owner_marks if self._store else _NO_MARKS

    async def put_new(self, name: str, data: bytes) -> str | None:
        """See the port."""
        return await self._opened().put_new(name, data)

    async def put(self, name: str, data: bytes) -> str | None:
        """See the port."""
        return await self._opened().put(name, data)

    async def get(self, name: str, *, version: str | None = None) -> bytes:
        """See the port."""
        return await self._opened().get(name, version=version)

    async def get_range(self, name: str, start: int, end: int) -> bytes:
        """See the port."""
        return await self._opened().get_range(name, start, end)

    async def list(self, prefix: str = "") -> list[StoredObject]:
        """See the port."""
        return await self._opened().list(prefix)

    async def delete(self, name: str) -> None:
        """See the port."""
        await self._opened().delete(name)

    async def close(self) -> None:
        """See the port."""
        if self._store is not None:
            await self._store.close()

    def _opened(self) -> Store:
        if self._store is None:
            try:
                self._store = self._open_now()
            except StoreMisnamed as error:
                raise StoreAway(error.public) from None
        return self._store
