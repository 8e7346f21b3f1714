"""A store that cannot be opened on this machine, such as a folder that is not mounted here: it answers like one that is away."""

from __future__ import annotations

from typing import NoReturn

from .port import StoreAway, StoredObject


class AwayObjects:
    """Never answers."""

    def __init__(self, address: str) -> None:
        self._address = address

    @property
    def address(self) -> str:
        """Where it would be."""
        return self._address

    @property
    def owner_marks(self) -> frozenset[str]:
        """Nothing is known of it."""
        return frozenset()

    async def put_new(self, name: str, data: bytes) -> str | None:
        """See the port."""
        self._away()

    async def put(self, name: str, data: bytes) -> str | None:
        """See the port."""
        self._away()

    async def get(self, name: str, *, version: str | None = None) -> bytes:
        """See the port."""
        self._away()

    async def get_range(self, name: str, start: int, end: int) -> bytes:
        """See the port."""
        self._away()

    async def list(self, prefix: str = "") -> list[StoredObject]:
        """See the port."""
        self._away()

    async def delete(self, name: str) -> None:
        """See the port."""
        self._away()

    async def close(self) -> None:
        """Nothing to give back."""

    def _away(self) -> NoReturn:
        raise StoreAway(private=self._address)
