"""A site comes back from stores and an identity alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from holdfast.continuity import mirror
from holdfast.continuity.backups import BackupKind, back_up_now, pack_chunks
from holdfast.continuity.relaunch import (
    Relaunched,
    point_of_parting,
    read_transactions,
    write_unshipped,
)
from holdfast.continuity.restoring import look
from holdfast.platform.crypto import Keyring
from holdfast.pure.mirror import Standing
from tests.support.mirrored import MASTER_KEY, Mirrored, memory_folder, open_mirrored
from tests.support.relaunched import a_relaunch, ids_in, log_files, say


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """No old server runs here, so nobody has to be waited for."""
    monkeypatch.setattr("holdfast.continuity.relaunch.run.FENCE_SECONDS", 0.0)


@pytest.fixture
async def mirrored(folder: Path) -> AsyncIterator[Mirrored]:
    opened = await open_mirrored(folder / "data", (folder / "one", folder / "two"))
    await opened.sql("create table t (id int, v text)", database="holdfast")
    yield opened
    await opened.stop()


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


async def test_what_a_replaced_server_wrote_later_is_shown_for_review(
    mirrored: Mirrored, folder: Path
) -> None:
    await say(mirrored, 1)
    await back_up_now(mirrored.work(), BackupKind.FULL)
    await mirrored.ship()
    await say(mirrored, 7, 8)
    done = await a_relaunch(mirrored, folder / "new").run()
    seen = await look(mirrored.stores, mirrored.setup.authority, site=mirrored.setup.site_id)
    since = point_of_parting(seen, 1)
    assert since is not None
    assert since <= done.reach_lsn
    told, ids = await read_transactions(mirrored.server.programs, mirrored.server.cluster.folder, 1, since)
    assert told.transactions == 2
    out = folder / "review.jsonl"
    dsn = mirrored.server.admin_dsn("holdfast")
    count = await write_unshipped(dsn, ids, out, epoch=1, told=told, now=mirrored.clock.now())
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert count == 2
    assert [one["row"]["id"] for one in lines[1:]] == [7, 8]


async def test_log_that_was_merged_into_packs_is_as_good(mirrored: Mirrored, folder: Path) -> None:
    await say(mirrored, 1)
    await mirrored.ship()
    await back_up_now(mirrored.work(), BackupKind.FULL)
    for one in range(2, 20):
        await say(mirrored, one)
        await mirrored.ship()
    await mirrored.stop()
    setup = mirrored.setup
    later = mirrored.clock.now() + timedelta(minutes=1)
    for store in mirrored.stores.values():
        done = await pack_chunks(store, 1, setup.site_id, setup.signer, now=later, after=timedelta(0))
        assert (done.packs, done.error) == (1, "")
    assert log_files(mirrored.folders[0]) == []
    await a_relaunch(mirrored, folder / "new").run()
    assert await ids_in(folder / "new") == list(range(1, 20))
