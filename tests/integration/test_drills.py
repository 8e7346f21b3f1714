"""What a drill looks at in a database that came back, and how it goes on the record."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import asyncpg
import pytest

from holdfast.continuity.drills import (
    Check,
    CheckName,
    DrillReport,
    check_database,
    drills,
    last_passed,
    record_drill,
    write_canary,
)
from holdfast.platform.config import Settings
from holdfast.records import ledger
from tests.support.access_ledger import grow_ledger
from tests.support.site import Site


async def recorded(site: Site) -> None:
    """Something in the log, and a checkpoint over it."""
    async with site.services.database.transaction() as tx:
        await ledger.append(tx, ledger.Entry(kind=ledger.Kind.DECISION), now=site.services.clock.now())
    await grow_ledger(site)


async def looked_at(site: Site) -> dict[CheckName, Check]:
    found = await check_database(str(site.services.settings.database_url), asked_at=site.services.clock.now())
    return {one.name: one for one in found.checks}


async def test_everything_is_read_and_the_leaves_lead_to_the_signed_root(site: Site) -> None:
    ann = await site.member("ann")
    await ann.say("here today")
    await recorded(site)
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await write_canary(tx, now=now - timedelta(seconds=3))
    found = await check_database(str(site.services.settings.database_url), asked_at=now)
    assert all(one.ok for one in found.checks)
    assert found.rows["posts"] == 1
    assert found.rpo_seconds == pytest.approx(3.0)
    assert found.ledger_size > 0


async def test_a_leaf_that_was_changed_is_found(site: Site) -> None:
    await recorded(site)
    await site.services.database.fetch(
        "update ledger_records set leaf = leaf || ' '::bytea where leaf_index = 0 returning 1"
    )
    assert not (await looked_at(site))[CheckName.LEDGER].ok


async def test_a_broken_index_is_found(site: Site, settings: Settings) -> None:
    connection = await asyncpg.connect(str(settings.database_url))
    await connection.execute("create table t (v int)")
    await connection.execute("insert into t values (1), (1)")
    with contextlib.suppress(asyncpg.UniqueViolationError):
        await connection.execute("create unique index concurrently t_v on t (v)")
    await connection.close()
    found = (await looked_at(site))[CheckName.TABLES]
    assert not found.ok
    assert "t_v" in found.said


async def test_a_drill_is_on_the_record_once_and_only_what_passed_counts(site: Site) -> None:
    database, now = site.services.database, site.services.clock.now()
    for passed in (True, False):
        report = DrillReport(
            domain=site.services.settings.domain, store="one", started_at=now + timedelta(minutes=not passed), epoch=1, rto_seconds=12.5,
            rpo_seconds=None, phases={}, size_bytes=10, missing_bytes=0, rows={}, ledger_size=0, ledger_root="",
            checks=(Check(CheckName.RELAUNCH, passed),),
        )  # fmt: skip
        async with database.transaction() as tx:
            first = await record_drill(tx, report, now=now)
            assert await record_drill(tx, report, now=now + timedelta(hours=1)) == first
    found = await drills(database, most=10)
    assert [one.report.passed for one in found] == [False, True]
    assert await last_passed(database) == now
    assert await database.fetchval("select count(*) from ledger_records where kind = 'drill'") == 2
