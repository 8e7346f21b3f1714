"""What the server makes of the shipper's state: the record, the banner, and a start without a mirror."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from holdfast.continuity import shipping
from holdfast.main.mirror_standing import public_banner, recording
from holdfast.platform.postgres import EmbeddedPostgres
from holdfast.pure.evidence import parse_leaf
from holdfast.pure.mirror import Durability
from tests.support.mirrored import memory_folder
from tests.support.people import town_at

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WELL = shipping.ShipperState(
    written_at=NOW, epoch=1, run="", durability=Durability.MIRRORED, degraded_since=None, cause="", needed=1, safe_lsn=9,
    server_lsn=9, retained_bytes=0, cap_bytes=1, needs_base=False, superseded_by=None,
)  # fmt: skip
DEGRADED = replace(
    WELL, durability=Durability.DEGRADED, degraded_since=NOW, cause="no confirmation from north"
)


async def test_being_without_the_mirror_is_on_the_record_and_so_is_its_end(
    database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "setup").touch()
    async with town_at(database_url, tmp_path) as town:
        record = recording(tmp_path)

        async def look(state: shipping.ShipperState, at: datetime) -> None:
            shipping.write_state(tmp_path, state)
            async with town.database.transaction() as tx:
                await record(tx, at)

        await look(WELL, NOW)
        await look(DEGRADED, NOW + timedelta(seconds=4))
        await look(DEGRADED, NOW + timedelta(seconds=9))
        assert public_banner(tmp_path) == NOW
        await look(WELL, NOW + timedelta(seconds=14))
        assert public_banner(tmp_path) is None
        rows = await town.database.fetch(
            "select leaf from ledger_records where kind = 'mirror.degraded' order by record_id"
        )
        told = [dict(parse_leaf(row[0]).public) for row in rows]
        assert [(one["state"], one["cause"], one["lag_seconds"]) for one in told] == [
            ("degraded", "log", 4), ("mirrored", "log", 0),
        ]  # fmt: skip


async def test_without_a_mirror_nobody_is_told_anything(database_url: str, tmp_path: Path) -> None:
    shipping.write_state(tmp_path, DEGRADED)  # left by one that there was
    assert public_banner(tmp_path) is None
    async with town_at(database_url, tmp_path) as town:
        async with town.database.transaction() as tx:
            await recording(tmp_path)(tx, NOW)
        assert not await town.database.fetchval("select count(*) from ledger_records")


@pytest.mark.parametrize("mirrored", [False, True])
async def test_a_database_that_nobody_ships_waits_for_nobody(mirrored: bool) -> None:
    """A command over a stopped server, or a mirror that was removed: its commits must not wait for ever."""
    folder = memory_folder()
    server = EmbeddedPostgres(folder, options={"fsync": "off"})
    try:
        await server.start(sync=False)
        connection = await asyncpg.connect(server.admin_dsn())
        await connection.execute(f"alter system set synchronous_standby_names = '{shipping.APPLICATION}'")
        await connection.close()
        await server.stop()
        await server.start(sync=False, mirrored=mirrored)
        connection = await asyncpg.connect(server.admin_dsn())
        assert await connection.fetchval("show synchronous_standby_names") == (
            shipping.APPLICATION if mirrored else ""
        )
        await connection.close()
    finally:
        await server.stop()
        shutil.rmtree(folder)
