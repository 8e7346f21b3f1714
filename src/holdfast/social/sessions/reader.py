"""Who a session's secret stands for. Cached per process, and never longer than it is true."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import islice

import msgspec

from ...platform.clock import Clock, Instant
from ...platform.crypto import secret_hash
from ...platform.database_away import DatabaseAway
from ...platform.db import Database
from ...platform.stamps import Kind, slot
from ..accounts import AccountState
from . import store
from .model import BrowserSession, SessionLimits

_FIND_SQL = """
select s.id, s.account_id, s.last_used_at, s.expires_at, a.username, a.state, u.role, u.locale,
       a.frozen_at is not null as frozen
from sessions s join accounts a on a.id = s.account_id join users u on u.account_id = s.account_id
where s.secret_hash = $1 and (a.suspended_at is null or s.created_at > a.suspended_at) and u.disabled_at is null
"""
# Of an account that is suspended or disabled, and was before this session began.
_FIND_CLOSED_SQL = """
select s.id, s.account_id, a.username, u.role, u.locale
from sessions s join accounts a on a.id = s.account_id join users u on u.account_id = s.account_id
where s.secret_hash = $1 and s.expires_at > $2
  and ((a.state = 2 and s.created_at >= a.suspended_at) or (a.state = 0 and s.created_at >= u.disabled_at))
"""
# Writing the time of every request would cost more than it tells.
_USE_GRANULARITY = timedelta(hours=1)


class _Entry(msgspec.Struct):
    slots: list[int]
    stamps: list[int]
    session: BrowserSession
    used_at: Instant
    expires_at: Instant


class SessionReader:
    """Sessions by secret. One of an account that is not active opens nothing."""

    def __init__(
        self, database: Database, clock: Clock, limits: SessionLimits | None = None, capacity: int = 5_000
    ) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits or SessionLimits()
        self._capacity = capacity
        self._entries: dict[bytes, _Entry] = {}

    async def find(self, secret: str) -> BrowserSession | None:
        """The session that the secret opens now, or None."""
        key = secret_hash(secret)
        now = self._clock.now()
        entry = self._entries.get(key)
        if (
            entry is None
            or now - entry.used_at >= _USE_GRANULARITY
            or await self._database.stamps.read(entry.slots) != entry.stamps
        ):
            entry = await self._load(key, now)
        if entry is None or entry.expires_at <= now:
            self._entries.pop(key, None)
            return None
        return entry.session

    async def find_closed(self, secret: str) -> BrowserSession | None:
        """The session of a member whose account is suspended or disabled, or None: for reading what was decided."""
        row = await self._database.fetchrow(_FIND_CLOSED_SQL, secret_hash(secret), self._clock.now())
        return (
            None
            if row is None
            else BrowserSession(row["id"], row["account_id"], row["username"], "member", True, row["locale"])
        )

    async def _load(self, key: bytes, now: Instant) -> _Entry | None:
        row = await self._database.fetchrow(_FIND_SQL, key)
        if row is None:
            self._entries.pop(key, None)
            return None
        slots = [slot(Kind.ACCESS, row["account_id"])]
        stamps = await self._database.stamps.read(slots)
        # Read again after the stamp: what changed in between would else be kept under the new stamp.
        row = await self._database.fetchrow(_FIND_SQL, key)
        if row is None or row["state"] != AccountState.ACTIVE or row["expires_at"] <= now:
            self._entries.pop(key, None)
            return None
        used_at, expires_at = row["last_used_at"], row["expires_at"]
        if now - used_at >= _USE_GRANULARITY:
            # A database that may not be written to any more can be read all the same.
            with suppress(DatabaseAway):
                async with self._database.transaction() as tx:
                    tx.relaxed()
                    expires_at = await store.mark_used(tx, row["id"], limits=self._limits, now=now) or now
            used_at = now
        session = BrowserSession(
            row["id"], row["account_id"], row["username"], row["role"], row["frozen"], row["locale"]
        )  # fmt: skip
        entry = self._entries[key] = _Entry(slots, stamps, session, used_at, expires_at)
        if len(self._entries) > self._capacity:
            for old in list(islice(self._entries, self._capacity // 10)):
                del self._entries[old]
        return entry
