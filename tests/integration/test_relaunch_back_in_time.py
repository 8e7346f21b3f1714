"""Going back in time: what was taken down, deleted, banned, erased or revoked since stays so, and the ledger goes on."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from holdfast.continuity.backups import BackupKind, back_up_now
from holdfast.continuity.restoring import Target
from holdfast.migrations.runner import upgrade
from tests.support.mirrored import Mirrored, memory_folder, open_mirrored
from tests.support.relaunched import a_relaunch

_ACCOUNT = "insert into accounts (id, username, created_at) values ($1, $2, now())"
_USER = "insert into users (account_id, email, email_canonical, password_hash, role, created_at) values ($1, $2, $2, 'old', 'moderator', now())"
_POST = "insert into posts (id, account_id, thread_id, visibility, text, created_at) values ($1, 1, $1, 0, 'text', now())"
_TOKEN = "insert into access_tokens (id, secret_hash, app_id, account_id, scopes, created_at) values ($1, $2, 1, 1, '{read}', now())"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.continuity.relaunch.run.FENCE_SECONDS", 0.0)


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place)


@pytest.fixture
async def site(folder: Path) -> AsyncIterator[Mirrored]:
    opened = await open_mirrored(folder / "data", (folder / "one", folder / "two"))
    await upgrade(opened.server.dsn)
    yield opened
    await opened.stop()


async def run(site: Mirrored, statement: str, *arguments: Any) -> Any:
    return await site.sql(statement, *arguments, database="holdfast")


async def populate(site: Mirrored) -> None:
    for number, name in ((1, "ann"), (2, "bob")):
        await run(site, _ACCOUNT, number, name)
        await run(site, _USER, number, f"{name}@example.org")
        await run(site, "insert into account_counts (account_id) values ($1)", number)
    await run(
        site,
        "insert into apps (id, name, redirect_uris, scopes, client_id, client_secret_hash, created_at) values (1, 'x', '{}', '{}', 'x', 'x', now())",
    )
    for number in (1, 2):
        await run(site, _TOKEN, number, f"token {number}".encode())
    for number in (11, 12, 13, 14):
        await run(site, _POST, number)
    await run(
        site,
        "insert into ledger_subjects (kind, subject_id, sealed_key, created_at) values ('account', 2, 'key', now())",
    )
    await run(
        site,
        "insert into ledger_records (record_id, kind, leaf, recorded_at) values ('A', 'decision', 'leaf', now())",
    )


async def what_happens_later(site: Mirrored) -> None:
    await run(site, "update posts set state = 2 where id = 12")  # taken down
    await run(
        site,
        "with gone as (delete from posts where id = 13 returning id) insert into gone_posts (post_id) select id from gone",
    )
    await run(site, "update accounts set state = 2, suspended_at = now() where id = 2")
    await run(site, "delete from access_tokens where id = 2")
    await run(site, "update users set password_hash = 'new', role = 'member' where account_id = 1")
    await run(site, "delete from ledger_subjects")  # erased
    await run(
        site,
        "insert into ledger_records (record_id, kind, leaf, recorded_at) values ('B', 'decision', 'leaf', now())",
    )
    await run(
        site,
        "insert into network_blocks (id, network, severity, comment, created_at) values (5, '10.0.0.0/8', 'no_access', '', now())",
    )
    await run(site, _ACCOUNT, 3, "late")
    await run(site, "insert into blocks (id, account_id, target_id) values (7, 1, 2)")
    await run(site, _POST, 15)
    await run(site, "delete from posts where id = 14")  # by a mistake of the operator


async def test_what_was_removed_stays_removed_and_what_was_lost_by_mistake_is_back(
    site: Mirrored, folder: Path
) -> None:
    await populate(site)
    await site.ship()
    await back_up_now(site.work(), BackupKind.FULL)
    until: datetime = await run(site, "select clock_timestamp()")
    await what_happens_later(site)
    await site.ship()
    await site.stop()
    done = await a_relaunch(site, folder / "new", until=until).run()
    assert done.carried["posts_deleted"] == 1
    server = Target(folder / "new").server()
    await server.start()
    connection = await asyncpg.connect(server.admin_dsn("holdfast"))
    try:
        posts = await connection.fetch("select id, state from posts order by id")
        assert [tuple(row) for row in posts] == [(11, 0), (12, 2), (14, 0)]
        assert await connection.fetchval("select state from accounts where id = 2") == 2
        assert [row[0] for row in await connection.fetch("select id from access_tokens")] == [1]
        kept = await connection.fetchrow("select password_hash, role from users where account_id = 1")
        assert tuple(kept or ()) == ("new", "member")
        assert [
            row[0] for row in await connection.fetch("select record_id from ledger_records order by 1")
        ] == ["A", "B"]
        assert await connection.fetchval("select count(*) from ledger_subjects") == 0
        assert await connection.fetchval("select count(*) from network_blocks") == 1
        assert await connection.fetchval("select count(*) from blocks") == 1
        assert await connection.fetchval("select count(*) from accounts where id = 3") == 0
        assert await connection.fetchval("select to_regnamespace('newer') is null")
        fresh = await connection.fetchval(
            "insert into ledger_records (record_id, kind, leaf, recorded_at) values ('C', 'x', 'x', now()) returning arrival"
        )
        assert fresh > 1000
    finally:
        await connection.close()
        await server.stop()
