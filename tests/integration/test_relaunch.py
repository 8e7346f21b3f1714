"""A site comes back from stores and an identity alone."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from holdfast.continuity import mirror
from holdfast.continuity.backups import BackupKind, back_up_now
from holdfast.continuity.relaunch import Mirrors, Relaunch, Relaunched, RelaunchRequest
from holdfast.continuity.restoring import Target
from holdfast.platform.clock import SystemClock
from holdfast.platform.crypto import Keyring
from holdfast.pure.mirror import Standing
from tests.support.mirrored import MASTER_KEY, Mirrored, memory_folder, open_mirrored

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place)


@pytest.fixture
async def mirrored(folder: Path) -> AsyncIterator[Mirrored]:
    opened = await open_mirrored(folder / "data", (folder / "one", folder / "two"))
    await opened.sql("create table t (id int, v text)", database="holdfast")
    yield opened
    await opened.stop()


async def say(mirrored: Mirrored, *ids: int) -> None:
    for one in ids:
        await mirrored.sql("insert into t values ($1, 'said')", one, database="holdfast")


def a_relaunch(mirrored: Mirrored, data: Path, **changes: object) -> Relaunch:
    authority = mirror.open_authority(
        mirrored.setup.authority_sealed, mirrored.identity, mirrored.setup.site_id
    )
    kit = {"master_key": MASTER_KEY.hex()}
    mirrors = Mirrors(mirrored.setup, mirrored.stores, authority, kit)
    request = RelaunchRequest(Target(data), mirrored.identity)
    return Relaunch(replace(request, **changes), mirrors, clock=SystemClock())  # type: ignore[arg-type]


async def ids_in(data: Path) -> list[int]:
    server = Target(data).server()
    await server.start()
    connection = await asyncpg.connect(server.admin_dsn("holdfast"))
    try:
        return [row[0] for row in await connection.fetch("select id from t order by id")]
    finally:
        await connection.close()
        await server.stop()


async def test_everything_shipped_is_there_again_on_a_new_timeline(mirrored: Mirrored, folder: Path) -> None:
    await say(mirrored, 1)
    await back_up_now(mirrored.work(), BackupKind.FULL)
    await say(mirrored, 2)
    await back_up_now(mirrored.work(), BackupKind.INCREMENTAL)
    await say(mirrored, 3, 4)
    await mirrored.ship()
    await say(mirrored, 5)  # never shipped
    await mirrored.stop()
    done: Relaunched = await a_relaunch(mirrored, folder / "new").run()
    assert (done.epoch, done.standing, done.timeline, done.missing_bytes) == (2, Standing.HELD, 2, 0)
    assert await ids_in(folder / "new") == [1, 2, 3, 4]
    setup = mirror.read_setup(folder / "new", Keyring(MASTER_KEY))
    assert setup is not None
    assert setup.epoch == 2
    assert not (folder / "new" / "relaunch").exists()
    # And once more, from the second epoch's log on the first one's backup.
    again = Mirrored(
        folder / "new", mirrored.server, setup, mirrored.identity, mirrored.folders, mirrored.stores
    )
    third = await a_relaunch(again, folder / "third").run()
    assert (third.epoch, third.timeline) == (3, 3)
    assert await ids_in(folder / "third") == [1, 2, 3, 4]
