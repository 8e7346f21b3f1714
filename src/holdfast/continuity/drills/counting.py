"""A store that counts what is read from it."""

from __future__ import annotations

from ...platform.stores import Store, StoredObject


class CountedStore:
    """The store, and how many bytes came from it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.read_bytes = 0

    @property
    def address(self) -> str:
        """Where it is, without credentials."""
        return self._store.address

    @property
    def owner_marks(self) -> frozenset[str]:
        """What tells that two stores depend on one owner."""
        return self._store.owner_marks

    async def put_new(self, name: str, data: bytes) -> str | None:
        """A drill writes nothing, and whoever tries is wrong."""
        raise RuntimeError(f"a drill must not write {name}")

    async def put(self, name: str, data: bytes) -> str | None:
        """A drill writes nothing, and whoever tries is wrong."""
        raise RuntimeError(f"a drill must not write {name}")

    async def delete(self, name: str) -> None:
        """A drill removes nothing, and whoever tries is wrong."""
        raise RuntimeError(f"a drill must not delete {name}")

    async def get(self, name: str, *, version: str | None = None) -> bytes:
        """The whole object. Raises ObjectMissing."""
        found = await self._store.get(name, version=version)
        self.read_bytes += len(found)
        return found

    async def get_range(self, name: str, start: int, end: int) -> bytes:
        """A part of it. Raises ObjectMissing."""
        found = await self._store.get_range(name, start, end)
        self.read_bytes += len(found)
        return found

    async def list(self, prefix: str = "") -> list[StoredObject]:
        """What lies there."""
        return await self._store.list(prefix)

    async def close(self) -> None:
        """Whoever opened the store closes it."""
