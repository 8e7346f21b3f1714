"""Media at the mirror: at the quorum before an upload counts, never lost, never readable, back again."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from holdfast.continuity import media, mirror
from holdfast.platform import sealing
from holdfast.platform.blobs import BlobMissing, Blobs, memory_blobs
from holdfast.platform.crypto import Keyring
from holdfast.platform.stores import MemoryObjects, Store
from holdfast.pure.mirror import KEEP
from holdfast.pure.mirror_objects import PART_BYTES, ListedFile, media_name
from tests.support.mirror_stores import CLOCK, NOW, LittleMirror, everything_in, little_mirror

KEYRING = Keyring(b"k" * 32)
PICTURE = b"a picture that nobody else has " * 40


class Here:
    """A process that stores files, over a data folder and a little mirror."""

    def __init__(self, folder: Path, little: LittleMirror, opened: Mapping[str, Store] | None = None) -> None:
        self.little = little
        mirror.write_setup(folder, KEYRING, little.setup)
        self.copies = media.MirrorCopies(
            folder, lambda: KEYRING, CLOCK, opening=lambda setup: opened or little.opened, degrade_after_seconds=0.05
        )  # fmt: skip
        self.blobs = memory_blobs(self.copies)
        self.waiting = self.copies.waiting

    async def drain(self, *, all_of_them: bool = True) -> media.Drained:
        return await media.drain_waiting(
            self.waiting, self.little.setup, self.little.opened, self.blobs.alone(), now=NOW, all_of_them=all_of_them
        )  # fmt: skip

    async def holding(self, content: bytes) -> set[str]:
        digest = hashlib.sha256(content).digest()
        return {
            name for name, store in self.little.opened.items() if await media.holds_file(store, self.little.setup, digest)
        }  # fmt: skip


class GatedStore(MemoryObjects):
    """Puts wait until the test says so."""

    def __init__(self) -> None:
        super().__init__("memory://gated", clock=CLOCK)
        self.gate = asyncio.Event()

    async def put_new(self, name: str, data: bytes) -> str | None:
        await self.gate.wait()
        return await super().put_new(name, data)


async def fetched(little: LittleMirror, content: bytes) -> bytes:
    out = io.BytesIO()
    await media.fetch_media(
        little.setup, little.identity, little.opened, hashlib.sha256(content).digest(), out
    )
    return out.getvalue()


@pytest.fixture
async def here(tmp_path: Path) -> Here:
    return Here(tmp_path, await little_mirror())


async def test_without_a_mirror_nothing_is_different(tmp_path: Path) -> None:
    blobs = memory_blobs(media.MirrorCopies(tmp_path, lambda: KEYRING, CLOCK))
    assert await blobs.get(await blobs.put(PICTURE)) == PICTURE
    with pytest.raises(BlobMissing):
        await blobs.get(b"\1" * 32)
    assert not (tmp_path / "mirror").exists()


async def test_a_file_is_at_the_stores_when_put_returns_and_comes_back_as_it_was(here: Here) -> None:
    await here.blobs.put(PICTURE)
    assert await here.holding(PICTURE)
    await here.copies.finish()
    assert await here.holding(PICTURE) == {"one", "two"}
    assert here.waiting.count() == 0
    assert await fetched(here.little, PICTURE) == PICTURE
    with pytest.raises(media.MediaNotHeld):
        await fetched(here.little, b"another")


async def test_a_store_sees_neither_content_nor_hash_and_cannot_be_asked_for_a_known_file(here: Here) -> None:
    digest = await here.blobs.put(PICTURE)
    await here.copies.finish()
    for name, data in (await everything_in(here.little.opened["one"])).items():
        assert digest.hex() not in name
        for plain in (PICTURE[:24], digest, digest.hex().encode(), here.little.setup.media_key):
            assert plain not in data
    # Whoever has the file, but not the key, cannot make its name.
    assert media_name(b"m" * 32, here.little.setup.recipients, digest) != media_name(
        here.little.setup.media_key, here.little.setup.recipients, digest
    )


async def test_a_file_of_many_parts_and_an_empty_one_come_back(here: Here) -> None:
    long = bytes(range(251)) * (2 * PART_BYTES // 251 + 9)
    for content in (long, b""):
        with io.BytesIO(content) as file:
            await here.blobs.put(file)
        await here.copies.finish()
        assert await fetched(here.little, content) == content
    assert (
        len([one for one in await everything_in(here.little.opened["one"]) if one.startswith("media/")]) == 4
    )


async def test_the_row_waits_for_the_quorum(tmp_path: Path) -> None:
    little = await little_mirror("all")
    gated = GatedStore()
    here = Here(tmp_path, little, {"one": little.opened["one"], "two": gated})
    here.copies._degrade_after_seconds = 60.0
    putting = asyncio.create_task(here.blobs.put(PICTURE))
    while not await little.opened["one"].list("media"):  # noqa: ASYNC110  a store tells nobody what it got
        await asyncio.sleep(0)
    assert not putting.done()
    assert here.waiting.count() == 1
    gated.gate.set()
    await putting
    assert await gated.list("media")


async def test_an_absent_quorum_delays_an_upload_once_says_so_and_loses_nothing(here: Here) -> None:
    for store in here.little.opened.values():
        store.faults.away = True
    assert here.waiting.degraded_since() is None
    await here.blobs.put(PICTURE)
    assert here.waiting.degraded_since() == NOW
    await here.blobs.put(b"a second one")  # does not wait any more
    for task in list(here.copies._finishing):
        task.cancel()
    await here.copies.finish()
    assert (here.waiting.count(), (await here.drain()).degraded) == (2, True)
    here.little.opened["one"].faults.away = False
    drained = await here.drain()
    assert (drained.waiting, drained.away, drained.degraded) == (2, ("two",), False)
    assert here.waiting.degraded_since() is None
    here.little.opened["two"].faults.away = False
    assert await here.drain() == media.Drained(2, 0, (), False)
    assert await here.holding(b"a second one") == {"one", "two"}
    assert await fetched(here.little, PICTURE) == PICTURE


async def test_what_waits_outlives_the_process_and_what_was_deleted_waits_no_more(
    tmp_path: Path, here: Here
) -> None:
    here.waiting.add(b"\7" * 32)
    digest = await here.blobs.alone().put(PICTURE)
    here.waiting.add(digest)
    here.waiting.note(digest, {"one"})
    again = media.WaitingFiles(tmp_path)
    assert {one.sha256: one.held for one in again.all()} == {b"\7" * 32: frozenset(), digest: {"one"}}
    assert (await here.drain(all_of_them=False)).waiting in (0, 2)
    assert (await here.drain()).waiting == 0
    assert "two" in await here.holding(PICTURE)


async def test_a_changed_file_is_not_believed_and_another_store_is_asked(here: Here) -> None:
    digest = await here.blobs.put(PICTURE)
    other = await here.blobs.put(b"another picture")
    await here.copies.finish()
    setup, one = here.little.setup, here.little.opened["one"]
    mine, theirs = (
        f"media/{name[:2]}/{name[2:]}"
        for name in (media_name(setup.media_key, setup.recipients, x) for x in (digest, other))
    )
    await one.put(mine, await one.get(theirs))
    assert await fetched(here.little, PICTURE) == PICTURE
    del here.little.opened["two"]
    with pytest.raises(media.MediaNotHeld):
        await fetched(here.little, PICTURE)
    await one.put(mine, b"rubbish")
    with pytest.raises(media.MediaNotHeld):
        await fetched(here.little, PICTURE)


async def reconciled(here: Here, files: list[ListedFile], **options: Any) -> media.Reconciled:
    gone = options.pop("gone", ())
    return await media.reconcile_media(
        options.pop("setup", here.little.setup), here.little.opened, files, gone, here.blobs.alone(),
        now=options.pop("now", NOW), **options,
    )  # fmt: skip


async def listed(blobs: Blobs, *contents: bytes) -> list[ListedFile]:
    return [ListedFile(await blobs.alone().put(one), len(one)) for one in contents]


async def test_a_new_store_gets_all_and_what_was_deleted_goes_when_nothing_can_need_it(here: Here) -> None:
    files = await listed(here.blobs, PICTURE, b"second", b"third")
    steps: list[tuple[int, int]] = []
    done = await reconciled(here, files, progress=lambda *step: steps.append(step))
    assert [(one.brought, one.present) for one in done.stores.values()] == [(3, 0), (3, 0)]
    assert steps[-1] == (6, 6)
    here.little.opened["one"].faults.away = True
    absent = ListedFile(b"\3" * 32, 5)
    later = NOW + KEEP + timedelta(hours=1)
    done = await reconciled(here, [files[0], absent], gone={files[1].sha256}, now=later)
    assert done.stores["one"].error is not None
    two = done.stores["two"]
    assert (two.present, two.brought, two.removed) == (1, 0, 1)
    assert done.absent_here == {absent.sha256}
    here.little.opened["one"].faults.away = False
    assert await here.holding(b"third") == {"one"}
    assert await here.holding(b"second") == {"one", "two"}
    done = await reconciled(here, files[:1], now=NOW + KEEP)
    assert done.stores["one"].removed == 0, "what lies there for less than the time of retention stays"


async def test_other_recipients_mean_other_names_and_new_encryption(here: Here) -> None:
    files = await listed(here.blobs, PICTURE)
    await reconciled(here, files)
    rotated = mirror.rotate_identity(here.little.setup, here.little.identity, holders=(), needed=0)
    done = await reconciled(here, files, setup=rotated.setup, now=NOW + KEEP + timedelta(days=1))
    assert [(one.brought, one.removed) for one in done.stores.values()] == [(1, 1), (1, 1)]
    out = io.BytesIO()
    await media.fetch_media(
        rotated.setup, rotated.identity.identity, here.little.opened, files[0].sha256, out
    )
    assert out.getvalue() == PICTURE
    ((_, data),) = [
        one for one in (await everything_in(here.little.opened["one"])).items() if one[0].startswith("media/")
    ]
    with pytest.raises(sealing.SealingWrong):
        sealing.unseal(data[data.index(b"age-encryption") :], here.little.identity)


async def test_a_list_says_what_should_be_there_and_is_signed(here: Here) -> None:
    files = await listed(here.blobs, PICTURE, b"second")
    little = here.little
    await media.write_list(little.setup, little.opened, files[:1], now=NOW)
    written = await media.write_list(little.setup, little.opened, files, now=NOW)
    assert (written.sequence, written.files) == (1, 2)
    found = await media.read_newest_list(little.setup, little.identity, little.opened)
    assert found == (written, sorted(files))
    for store in little.opened.values():
        await store.put(written.name, (await store.get(written.name))[:-1] + b"?")
    older = await media.read_newest_list(little.setup, little.identity, little.opened)
    assert older is not None
    assert older[0].sequence == 0


async def test_a_new_site_gets_its_files_at_once(here: Here) -> None:
    files = await listed(here.blobs, PICTURE, b"second", b"third")
    await reconciled(here, files)
    there = memory_blobs()
    await there.put(b"second")
    seen: list[int] = []
    missing = ListedFile(b"\5" * 32, 1)
    done = await media.restore_media(
        here.little.setup, here.little.identity, here.little.opened, [*files, missing], there,
        progress=lambda state: seen.append(state.fetched),
    )  # fmt: skip
    assert (done.total, done.fetched, done.present, done.missing) == (4, 2, 1, [missing.sha256])
    assert len(seen) == 4
    assert await there.get(files[0].sha256) == PICTURE


async def test_a_new_site_serves_while_its_files_come_and_what_is_asked_for_comes_first(
    here: Here, tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = await listed(here.blobs, PICTURE, b"second")
    await reconciled(here, files)
    folder = tmp_path_factory.mktemp("new site")
    serving = memory_blobs(media.MirrorCopies(folder, lambda: KEYRING, CLOCK))
    blocked = asyncio.Event()

    wish = files[1]
    held_up = _Held(here.little.opened["two"], files[0].sha256, here.little, blocked)
    fetching = asyncio.create_task(
        media.fetch_while_serving(
            here.little.setup, here.little.identity, {"two": held_up}, files[:1], serving.alone(), folder
        )
    )
    while not (folder / "mirror" / "origin").exists():  # noqa: ASYNC110  a file tells nobody that it is there
        await asyncio.sleep(0)
    assert await serving.get(wish.sha256) == b"second"
    with pytest.raises(BlobMissing):
        await serving.get(b"\5" * 32)
    assert not fetching.done()
    blocked.set()
    assert (await fetching).fetched == 1
    assert await serving.get(files[0].sha256) == PICTURE
    assert here.little.identity.encode() not in b"".join(
        one.read_bytes() for one in folder.rglob("*") if one.is_file()
    )
    with pytest.raises(BlobMissing):
        await serving.get(b"\6" * 32)


class _Held:
    """A store in which one file can only be read after `gate`."""

    def __init__(
        self, store: MemoryObjects, sha256: bytes, little: LittleMirror, gate: asyncio.Event
    ) -> None:
        self._store, self._gate = store, gate
        name = media_name(little.setup.media_key, little.setup.recipients, sha256)
        self._late = f"media/{name[:2]}/{name[2:]}"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def get(self, name: str, *, version: str | None = None) -> bytes:
        if name == self._late:
            await self._gate.wait()
        return await self._store.get(name, version=version)
