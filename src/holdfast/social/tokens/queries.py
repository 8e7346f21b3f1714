"""Reads of apps, of what members authorised, and of who a token stands for.

`TokenReader` is on the hot path of every request: cached per process, never longer than it is true.
"""

from __future__ import annotations

import hmac
from contextlib import suppress
from datetime import date
from itertools import islice

import msgspec

from ...platform.clock import Clock
from ...platform.crypto import secret_hash
from ...platform.database_away import DatabaseAway
from ...platform.db import Database, Reader, Row
from ...platform.stamps import Kind, slot
from ..accounts import AccountState
from . import store
from .errors import LoginPending
from .model import App, AuthorisedApp, TokenSession

_APP_COLUMNS_SQL = "select id, name, website, redirect_uris, scopes, client_id, client_secret_hash from apps"
_APP_BY_CLIENT_SQL = f"{_APP_COLUMNS_SQL} where client_id = $1"
_APP_BY_ID_SQL = f"{_APP_COLUMNS_SQL} where id = $1"


async def find_app(reader: Reader, client_id: str) -> App | None:
    """The app of a client id."""
    row = await reader.fetchrow(_APP_BY_CLIENT_SQL, client_id)
    return _app(row) if row else None


async def get_app(reader: Reader, app_id: int) -> App | None:
    """An app by id."""
    row = await reader.fetchrow(_APP_BY_ID_SQL, app_id)
    return _app(row) if row else None


async def authenticate_app(reader: Reader, client_id: str, client_secret: str) -> App | None:
    """The app, when the secret is its secret."""
    row = await reader.fetchrow(_APP_BY_CLIENT_SQL, client_id)
    if row is None or not hmac.compare_digest(row["client_secret_hash"], secret_hash(client_secret)):
        return None
    return _app(row)


async def find_token(reader: Reader, secret: str) -> TokenSession | None:
    """The token of a secret, whatever the state of its account: for ending it."""
    row = await reader.fetchrow(
        "select id, app_id, account_id, scopes from access_tokens where secret_hash = $1", secret_hash(secret)
    )
    if row is None:
        return None
    return TokenSession(row["id"], row["app_id"], row["account_id"], frozenset(row["scopes"]))


async def authorised_apps(reader: Reader, account_id: int) -> list[AuthorisedApp]:
    """The apps that hold tokens of a member, the newest first."""
    rows = await reader.fetch(
        "select p.id as app_id, p.name, p.website, array_agg(distinct scope order by scope) as scopes,"
        " min(t.created_at) as since, max(t.last_used_on) as last_used_on"
        " from access_tokens t join apps p on p.id = t.app_id cross join unnest(t.scopes) as scope"
        " where t.account_id = $1 group by p.id order by since desc, p.id",
        account_id,
    )
    return [AuthorisedApp(**{**dict(row), "scopes": tuple(row["scopes"])}) for row in rows]


def _app(row: Row) -> App:
    return App(
        row["id"],
        row["name"],
        row["website"],
        tuple(row["redirect_uris"]),
        tuple(row["scopes"]),
        row["client_id"],
    )


_OPEN_STATES = frozenset((AccountState.ACTIVE.value, AccountState.PENDING.value))
_FIND_SQL = """
select t.id, t.app_id, t.account_id, t.scopes, t.last_used_on, a.state, coalesce(u.role, 'member') as role,
       a.frozen_at is not null as frozen
from access_tokens t left join accounts a on a.id = t.account_id left join users u on u.account_id = t.account_id
where t.secret_hash = $1 and (a.suspended_at is null or t.created_at > a.suspended_at) and u.disabled_at is null
"""


class _Entry(msgspec.Struct):
    slots: list[int]
    stamps: list[int]
    day: date
    token: TokenSession
    pending: bool


class TokenReader:
    """Tokens by secret. One of an account that is suspended or deleted resolves to nothing."""

    def __init__(self, database: Database, clock: Clock, capacity: int = 20_000) -> None:
        self._database = database
        self._clock = clock
        self._capacity = capacity
        self._entries: dict[bytes, _Entry] = {}

    async def find(self, secret: str) -> TokenSession | None:
        """The token, or None. Raises LoginPending when its account waits for approval."""
        key = secret_hash(secret)
        entry = self._entries.get(key)
        today = self._clock.now().date()
        if (
            entry is None
            or entry.day != today
            or await self._database.stamps.read(entry.slots) != entry.stamps
        ):
            entry = await self._load(key, today)
        if entry is None:
            return None
        if entry.pending:
            raise LoginPending
        return entry.token

    async def _load(self, key: bytes, today: date) -> _Entry | None:
        row = await self._database.fetchrow(_FIND_SQL, key)
        if row is None:
            self._entries.pop(key, None)
            return None
        slots = [slot(Kind.APP, row["app_id"])]
        if row["account_id"] is not None:
            slots.append(slot(Kind.ACCESS, row["account_id"]))
        stamps = await self._database.stamps.read(slots)
        # Read again after the stamps: what changed in between would else be kept under the new ones.
        row = await self._database.fetchrow(_FIND_SQL, key)
        if row is None or (row["account_id"] is not None and row["state"] not in _OPEN_STATES):
            self._entries.pop(key, None)
            return None
        if row["last_used_on"] != today:
            # A database that may not be written to any more can be read all the same.
            with suppress(DatabaseAway):
                async with self._database.transaction() as tx:
                    tx.relaxed()
                    await store.mark_used(tx, row["id"], today)
        token = TokenSession(
            row["id"], row["app_id"], row["account_id"], frozenset(row["scopes"]), row["role"], row["frozen"]
        )
        entry = _Entry(slots, stamps, today, token, row["state"] == AccountState.PENDING)
        self._entries[key] = entry
        if len(self._entries) > self._capacity:
            for old in list(islice(self._entries, self._capacity // 10)):
                del self._entries[old]
        return entry
