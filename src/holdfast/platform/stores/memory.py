"""The fake: objects in this process, with the faults that real stores have, switched on by tests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from ..clock import Clock, SystemClock
from .port import (
    TIMEOUT_SECONDS,
    ObjectExists,
    ObjectMissing,
    StoreAway,
    StoredObject,
    StoreRefused,
    check_name,
    check_prefix,
    check_range,
)


@dataclass(slots=True)
class StoreFaults:
    """What a provider may do. Everything off is an honest store with rights for all."""

    ignores_create_only: bool = False
    locked: bool = False
    keeps_versions: bool = False
    refuses_overwriting: bool = False
    refuses_deleting: bool = False
    refuses_reading: bool = False
    says_deleted_and_keeps: bool = False
    ignores_ranges: bool = False
    forgets_what_was_put: bool = False
    away: bool = False
    frozen: bool = False  # no answer at all, until whoever asks gives up
    full: bool = False
    slow_by: timedelta = timedelta(0)
    clock_ahead_by: timedelta = timedelta(0)


class MemoryObjects:
    """A store that lasts as long as the process."""

    def __init__(
        self,
        address: str = "memory://one",
        *,
        clock: Clock | None = None,
        owner_marks: frozenset[str] | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self.faults = StoreFaults()
        self._clock = clock or SystemClock()
        self._address = address
        self._timeout_seconds = timeout_seconds
        self._marks = frozenset({f"memory:{address}"}) if owner_marks is None else owner_marks
        self._objects: dict[str, tuple[bytes, StoredObject]] = {}
        self._versions: dict[tuple[str, str], bytes] = {}

    @property
    def address(self) -> str:
        """Where it is."""
        return self._address

    @property
    def owner_marks(self) -> frozenset[str]:
        """As given."""
        return self._marks

    async def put_new(self, name: str, data: bytes) -> str | None:
        """See the port."""
        await self._answer(name)
        if name in self._objects and not self.faults.ignores_create_only:
            raise ObjectExists
        return self._keep(name, data)

    async def put(self, name: str, data: bytes) -> str | None:
        """See the port."""
        await self._answer(name)
        if name in self._objects and (self.faults.refuses_overwriting or self.faults.locked):
            raise StoreRefused
        return self._keep(name, data)

    async def get(self, name: str, *, version: str | None = None) -> bytes:
        """See the port."""
        await self._answer(name)
        if self.faults.refuses_reading:
            raise StoreRefused
        if version is not None and (name, version) in self._versions:
            return self._versions[name, version]
        if version is not None or name not in self._objects:
            raise ObjectMissing(private=name)
        return self._objects[name][0]

    async def get_range(self, name: str, start: int, end: int) -> bytes:
        """See the port."""
        check_range(start, end)
        data = await self.get(name)
        return data if self.faults.ignores_ranges else data[start:end]

    async def list(self, prefix: str = "") -> list[StoredObject]:
        """See the port."""
        await self._answer("x")
        folder = check_prefix(prefix)
        found = (entry for _, entry in self._objects.values())
        return sorted(
            (one for one in found if not folder or one.name.startswith(folder + "/")),
            key=lambda one: one.name,
        )

    async def delete(self, name: str) -> None:
        """See the port."""
        await self._answer(name)
        if name in self._objects and (self.faults.refuses_deleting or self.faults.locked):
            raise StoreRefused
        if not self.faults.says_deleted_and_keeps:
            self._objects.pop(name, None)

    async def close(self) -> None:
        """Nothing to give back."""

    async def _answer(self, name: str) -> None:
        check_name(name)
        if self.faults.slow_by:
            await asyncio.sleep(self.faults.slow_by.total_seconds())
        if self.faults.frozen:
            await asyncio.sleep(self._timeout_seconds)
            raise StoreAway
        if self.faults.away:
            raise StoreAway

    def _keep(self, name: str, data: bytes) -> str | None:
        if self.faults.full:
            raise StoreAway
        if self.faults.forgets_what_was_put:
            return None
        at = self._clock.now() + self.faults.clock_ahead_by
        self._objects[name] = (data, StoredObject(name, len(data), at))
        if not self.faults.keeps_versions:
            return None
        version = str(len(self._versions))
        self._versions[name, version] = data
        return version
