"""Backups of a real database at two stores: whole, signed, sealed; and what is left after a failure."""

from __future__ import annotations

import asyncio
import io
import shutil
import tarfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import zstandard

from holdfast.continuity.backups import (
    BackupKind,
    NotEnoughStores,
    SourceFailed,
    back_up_now,
    read_catalogue,
    run_round,
)
from holdfast.platform import sealing
from holdfast.platform.clock import FixedClock
from holdfast.platform.stores import MemoryObjects, StoreAway
from holdfast.pure.mirror import Base, RetentionPolicy
from tests.support.mirrored import Mirrored, memory_folder, open_mirrored, with_quorum


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Mirrored]:
    folder = memory_folder()
    mirrored = await open_mirrored(folder / "data", (folder / "one", folder / "two"))
    await mirrored.sql("create table t as select g id, md5(g::text) v from generate_series(1, 20000) g")
    yield mirrored
    await mirrored.server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def mirrored(server: Mirrored) -> Mirrored:
    for folder in (*(one / "base" for one in server.folders), server.data / "mirror" / "backups"):
        shutil.rmtree(folder, ignore_errors=True)
    return server


async def unpacked(mirrored: Mirrored, base: Base) -> dict[str, bytes]:
    """The files of a backup, as who has the identity reads them."""
    stream = io.BytesIO()
    for name in base.part_names:
        sealed = await mirrored.stores["store2"].get(name)
        stream.write(
            zstandard.ZstdDecompressor().decompressobj().decompress(sealing.unseal(sealed, mirrored.identity))
        )
    stream.seek(0)
    with tarfile.open(fileobj=stream) as tar:
        files = {one.name: tar.extractfile(one) for one in tar if one.isfile()}
        return {name: file.read() for name, file in files.items() if file is not None}


async def test_a_full_and_an_incremental_backup_are_whole_at_both_stores(mirrored: Mirrored) -> None:
    full = await back_up_now(mirrored.work(), BackupKind.FULL)
    assert full.stores == ("store1", "store2")
    assert len(full.base.parts) > 3
    files = await unpacked(mirrored, full.base)
    assert "PG_VERSION" in files
    assert b"START WAL LOCATION" in files["backup_label"]
    await mirrored.sql("update t set v = 'changed' where id < 100")
    more = await back_up_now(mirrored.work(), BackupKind.INCREMENTAL)
    assert more.base.parent == full.base.backup
    assert b"INCREMENTAL FROM LSN" in (await unpacked(mirrored, more.base))["backup_label"]
    assert more.base.size_bytes < full.base.size_bytes
    catalogue = await read_catalogue(mirrored.stores, (mirrored.setup.signer.verifier,))
    assert catalogue.bases(2) == (full.base, more.base)


async def test_nothing_readable_lies_at_a_store(mirrored: Mirrored) -> None:
    await mirrored.sql("create table if not exists secret as select 'plain-words-of-a-member' as words")
    await back_up_now(mirrored.work(), BackupKind.FULL)
    for name in mirrored.files():
        content = (mirrored.folders[0] / name).read_bytes()
        assert b"plain-words-of-a-member" not in content
        assert b"PG_VERSION" not in content


async def test_an_incremental_backup_without_its_manifest_becomes_a_full_one(mirrored: Mirrored) -> None:
    await back_up_now(mirrored.work(), BackupKind.FULL)
    shutil.rmtree(mirrored.data / "mirror" / "backups")
    taken = await back_up_now(mirrored.work(), BackupKind.INCREMENTAL)
    assert taken.base.parent is None


async def test_a_store_that_fails_does_not_stop_the_backup_and_gets_its_copy_later(
    mirrored: Mirrored,
) -> None:
    class Full(MemoryObjects):
        async def put_new(self, name: str, data: bytes) -> str | None:
            if name.endswith("part-00002"):
                raise StoreAway  # as a full disk does
            return await super().put_new(name, data)

    broken = Full("memory://two")
    work = replace(mirrored.work(), stores={**mirrored.stores, "store2": broken})
    taken = await back_up_now(work, BackupKind.FULL)
    assert taken.stores == ("store1",)
    assert set(taken.failed) == {"store2"}
    working = MemoryObjects("memory://two")
    stores = {**mirrored.stores, "store2": working}
    done = await run_round(replace(work, stores=stores), policy=RetentionPolicy())
    assert done.taken is None
    catalogue = await read_catalogue(stores, (mirrored.setup.signer.verifier,))
    assert catalogue.bases(2) == (taken.base,)


async def test_too_few_stores_make_no_backup_and_what_was_written_goes_with_the_next(
    mirrored: Mirrored,
) -> None:
    class Full(MemoryObjects):
        async def put_new(self, name: str, data: bytes) -> str | None:
            if name.endswith("part-00002"):
                raise StoreAway
            return await super().put_new(name, data)

    both = with_quorum(mirrored, 2)
    work = replace(both.work(), stores={**both.stores, "store2": Full("memory://two")})
    with pytest.raises(NotEnoughStores):
        await back_up_now(work, BackupKind.FULL)
    assert [name for name in both.files("base") if name.endswith("descriptor")] == []
    assert both.files("base") != []
    taken = await back_up_now(both.work(), BackupKind.FULL)
    assert {name.split("/")[2] for name in both.files("base")} == {taken.base.backup}


async def test_a_database_that_is_another_site_is_not_backed_up(mirrored: Mirrored) -> None:
    work = mirrored.work()
    wrong = replace(work, setup=replace(work.setup, site_id="7"))
    with pytest.raises(SourceFailed, match="another one"):
        await back_up_now(wrong, BackupKind.FULL)


async def test_what_pg_basebackup_says_is_told(mirrored: Mirrored) -> None:
    work = mirrored.work()
    nobody = replace(
        work, source=replace(work.source, dsn=work.source.dsn.replace("holdfast_admin", "holdfast"))
    )
    with pytest.raises(SourceFailed, match="permission denied"):
        await back_up_now(nobody, BackupKind.FULL)


async def test_the_schedule_makes_what_is_due_and_forgets_what_is_old(mirrored: Mirrored) -> None:
    clock = FixedClock(mirrored.clock.now())
    work = replace(mirrored.work(), clock=clock)
    made = []
    for _ in range(6):
        done = await run_round(work, policy=RetentionPolicy(keep=timedelta(days=1)))
        made.append(done.taken and done.taken.base.parent is None)
        assert (await run_round(work, policy=RetentionPolicy())).taken is None
        clock.advance(timedelta(days=4))
    # Weekly full ones; between them what changed.
    assert made == [True, False, True, False, True, False]
    catalogue = await read_catalogue(mirrored.stores, (mirrored.setup.signer.verifier,))
    full = [one for one in catalogue.bases(2) if one.parent is None]
    assert len(full) == 2
    assert work.kept.manifests() == {one.backup for one in full}


async def test_ended_in_the_middle_nothing_of_it_counts_and_the_next_one_takes_it_away(
    mirrored: Mirrored,
) -> None:
    begun = asyncio.Event()

    class Slow(MemoryObjects):
        async def put_new(self, name: str, data: bytes) -> str | None:
            done = await super().put_new(name, data)
            if name.endswith("part-00001"):
                begun.set()
            return done

    slow = Slow("memory://two")
    work = replace(mirrored.work(), stores={"store2": slow})
    running = asyncio.create_task(back_up_now(work, BackupKind.FULL))
    await asyncio.wait_for(begun.wait(), 20)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert work.kept.running() is not None
    assert (await read_catalogue({"store2": slow}, (mirrored.setup.signer.verifier,))).bases() == ()
    taken = await back_up_now(work, BackupKind.FULL)
    assert {one.name.split("/")[2] for one in await slow.list("base")} == {taken.base.backup}
    assert work.kept.running() is None
