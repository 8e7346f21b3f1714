"""What a commit waits for: class A for the mirror, class B for this machine's disk; without a mirror nothing is said at all."""

from __future__ import annotations

from pathlib import Path

from holdfast.platform.clock import SystemClock
from holdfast.platform.db import Database, PoolLimits
from holdfast.records.ledger import Entry, Kind, append
from tests.support.people import town_at

HERE = "set local synchronous_commit = local; commit"


async def commits_of(database: Database) -> list[str]:
    """How transactions end from now on, on the only connection."""
    seen: list[str] = []

    def hear(record: object) -> None:
        query = str(getattr(record, "query", ""))
        if query in ("commit", HERE):
            seen.append(query)

    connection = await database.acquire()
    connection.add_query_logger(hear)
    await database.release(connection, clean=True)
    return seen


async def test_a_relaxed_commit_waits_for_this_machine_alone(database_url: str) -> None:
    async with await Database.connect(database_url, PoolLimits(size=1)) as database:
        seen = await commits_of(database)
        database.is_mirrored = lambda: True
        async with database.transaction() as tx:
            await tx.execute("select 1")
        async with database.transaction() as tx:
            await tx.execute("select 1")
            tx.relaxed()
        async with database.transaction() as tx:
            assert await tx.fetchval("show synchronous_commit") != "local"  # of that one transaction
        await database.fetchval("select 1")  # the driver tells of a query when it turns to the next
        assert seen == ["commit", HERE, "commit"]


async def test_without_a_mirror_nothing_changes(database_url: str) -> None:
    async with await Database.connect(database_url, PoolLimits(size=1)) as database:
        seen = await commits_of(database)
        async with database.transaction() as tx:
            tx.relaxed()
            await tx.execute("select 1")
        await database.fetchval("select 1")
        assert seen == ["commit"]


async def test_what_is_recorded_is_never_relaxed(database_url: str, tmp_path: Path) -> None:
    """Whoever relaxes a transaction cannot know who records something in it."""
    async with town_at(database_url, tmp_path) as town:
        town.database.is_mirrored = lambda: True
        async with town.database.transaction() as tx:
            tx.relaxed()
            await append(tx, Entry(kind=Kind.CENSUS, public={"waiting": 0}), now=SystemClock().now())
            tx.relaxed()
            assert tx.waits_for_the_mirror
        async with town.database.transaction() as tx:
            tx.relaxed()
            assert not tx.waits_for_the_mirror
