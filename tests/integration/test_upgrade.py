"""A database that an earlier version filled goes on with this one."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from holdfast.main.subscriptions import ERRANDS, HANDLERS
from holdfast.migrations import runner
from holdfast.platform.clock import FixedClock
from holdfast.platform.db import Database, PoolLimits
from holdfast.platform.jobs import JobRunner
from tests.support.postgres import DatabaseServer

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_posts_of_before_the_search_index_changed_its_form_are_found_again(
    tmp_path: Path, database_server: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await asyncio.to_thread(database_server.empty_database)
    earlier = tmp_path / "versions"
    earlier.mkdir()
    for step in sorted(runner.VERSIONS.glob("*.sql"))[:8]:
        shutil.copy(step, earlier)
    with monkeypatch.context() as before:
        before.setattr(runner, "VERSIONS", earlier)
        await runner.upgrade(address)
    connection = await asyncpg.connect(address)
    await connection.execute("insert into accounts (id, username, created_at) values (1, 'ann', $1)", NOW)
    await connection.execute(
        "insert into posts (id, account_id, thread_id, visibility, text, created_at)"
        " select n, 1, n, 0, 'kelp number ' || n, $1 from generate_series(1000, 1449) n",
        NOW,
    )
    await runner.upgrade(address)
    async with await Database.connect(address, PoolLimits(size=2)) as database:
        await JobRunner(database, FixedClock(NOW.replace(year=2030)), HANDLERS, elsewhere=ERRANDS).drain()
    assert await connection.fetchval("select count(*) from post_search where words @@ 'kelp'::tsquery") == 450
    assert await connection.fetchval("select count(*) from jobs") == 0
    await connection.close()
    await asyncio.to_thread(database_server.drop_database, address)
