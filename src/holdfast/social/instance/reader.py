"""The figures of the server, counted seldom: anybody may ask for them, and counting reads whole tables."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar, cast

from ...platform.clock import Clock, Instant
from ...platform.db import Database
from .model import Activity, Usage
from .queries import activity, first_owner, peers, staff, usage

T = TypeVar("T")

FIGURES_KEPT = timedelta(minutes=5)


class InstanceReader:
    """Figures, at most `FIGURES_KEPT` old; each process counts for itself."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._kept: dict[str, tuple[Instant, Any]] = {}

    async def usage(self) -> Usage:
        """How much this server is used."""
        return await self._keep("usage", lambda now: usage(self._database, now))

    async def activity(self) -> list[Activity]:
        """The last twelve weeks, this one first."""
        return await self._keep("activity", lambda now: activity(self._database, now))

    async def peers(self) -> list[str]:
        """Names of other servers that are known here."""
        return await self._keep("peers", lambda _now: peers(self._database))

    async def first_owner(self) -> int | None:
        """Whom to write to when no contact was named."""
        return await self._keep("first_owner", lambda _now: first_owner(self._database))

    async def staff(self) -> list[int]:
        """Those who run the place, owners first."""
        return await self._keep("staff", lambda _now: staff(self._database))

    async def _keep(self, name: str, count: Callable[[Instant], Awaitable[T]]) -> T:
        now = self._clock.now()
        kept = self._kept.get(name)
        if kept is not None and now - kept[0] < FIGURES_KEPT:
            return cast(T, kept[1])
        value = await count(now)
        self._kept[name] = (now, value)
        return value
