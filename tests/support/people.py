"""A database with people in it, for tests of rooms that act between accounts."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database, PoolLimits
from holdfast.platform.outbox import Event, NewJob
from holdfast.platform.stamps import SharedMemoryStamps
from holdfast.social.accounts import (
    AccountId,
    Actor,
    NewAccount,
    ProfileChange,
    ProfileLimits,
    create_account,
    edit_profile,
)

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Town:
    """The database, what happened in it, and its people."""

    def __init__(self, database: Database, events: list[Event]) -> None:
        self.database = database
        self.events = events

    async def person(self, name: str, *, locked: bool = False, role: str = "member") -> Actor:
        """Somebody new who can sign in."""
        new = NewAccount(
            name, f"{name}-{secrets.token_hex(3)}@example.org", None, role=role, by_operator=True
        )
        async with self.database.transaction() as tx:
            account_id = await create_account(tx, new, registrations="open", now=NOW)
            if locked:
                await edit_profile(tx, Actor(account_id), ProfileChange(locked=True), limits=ProfileLimits())
        return Actor(account_id, role)

    async def people(self, *names: str) -> list[Actor]:
        """Several."""
        return [await self.person(name) for name in names]

    async def counts(self, actor: Actor) -> tuple[int, int]:
        """(followers, following), as the counters say."""
        row = await self.database.fetchrow(
            "select followers, following from account_counts where account_id = $1", actor.account_id
        )
        assert row is not None
        return row["followers"], row["following"]


def ident(actor: Actor) -> AccountId:
    return AccountId(actor.account_id)


@asynccontextmanager
async def town_at(database_url: str, tmp_path: Path, *, connections: int = 8) -> AsyncIterator[Town]:
    """Open the database, with real change stamps, and note every event instead of reacting to it."""
    events: list[Event] = []

    def note(event: Event) -> list[NewJob]:
        events.append(event)
        return []

    async with await Database.connect(database_url, PoolLimits(size=connections), note) as database:
        database.stamps = SharedMemoryStamps(tmp_path / "stamps")
        database.keys = lambda: Keyring(b"Z" * 32)
        yield Town(database, events)
