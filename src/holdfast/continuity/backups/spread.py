"""Writing one thing to many stores, and knowing who has all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from ...platform.stores import ObjectExists, Store, StoreError


class Spread:
    """Stores that took everything so far. One that fails `attempts` times in a row is left out from then on."""

    def __init__(self, stores: Mapping[str, Store], attempts: int) -> None:
        self._stores = dict(stores)
        self._attempts = attempts
        self.failed: dict[str, str] = {}

    @property
    def whole(self) -> tuple[str, ...]:
        """The stores that have everything."""
        return tuple(name for name in self._stores if name not in self.failed)

    async def put(self, name: str, data: bytes) -> None:
        """Write to every store that has everything so far. Never raises for a store."""
        await asyncio.gather(*(self._put(store, name, data) for store in self.whole))

    async def _put(self, store: str, name: str, data: bytes) -> None:
        said = ""
        for _ in range(self._attempts):
            try:
                await self._stores[store].put_new(name, data)
                return
            except ObjectExists:
                # An attempt whose answer was lost. Names are drawn anew for every backup, so it is ours or nobody's.
                if await self._is_there(store, name, data):
                    return
                said = ObjectExists.public
            except StoreError as error:
                said = error.public
        self.failed[store] = said

    async def _is_there(self, store: str, name: str, data: bytes) -> bool:
        try:
            return await self._stores[store].get(name) == data
        except StoreError:
            return False
