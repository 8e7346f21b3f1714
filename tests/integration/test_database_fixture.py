"""The fixture that every integration test stands on."""

from __future__ import annotations

import asyncpg

from holdfast.migrations import runner
from tests.support.postgres import DatabaseServer


async def test_a_fresh_database_has_the_newest_schema_and_no_rows(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        assert await runner.current(connection) == runner.head()
        assert await connection.fetchval("SELECT count(*) FROM jobs") == 0
        await connection.execute("CREATE TABLE only_here (id int)")
    finally:
        await connection.close()


async def test_databases_of_two_tests_share_nothing(
    database_url: str, database_server: DatabaseServer
) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        assert await connection.fetchval("SELECT to_regclass('only_here')") is None
    finally:
        await connection.close()


async def test_migrating_twice_does_nothing_the_second_time(database_url: str) -> None:
    assert await runner.upgrade(database_url) == 0
