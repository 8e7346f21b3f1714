"""Issue 9: no plain text, key or name findable in a store, and no history that opens with everything on the server."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest

from holdfast.continuity import kits
from holdfast.continuity.backups import BackupKind, back_up_now
from holdfast.continuity.media import reconcile_media
from holdfast.platform import sealing
from holdfast.platform.blobs import memory_blobs
from holdfast.platform.crypto import Keyring
from holdfast.pure.mirror import identity_secret, identity_text
from holdfast.pure.mirror_objects import ListedFile
from tests.support.mirrored import MASTER_KEY, Mirrored, memory_folder, open_mirrored

WORDS = "the meeting is at the old mill"
_SEALED = b"age-encryption.org/v1"


@pytest.fixture
async def mirrored() -> AsyncIterator[Mirrored]:
    folder = memory_folder()
    opened = await open_mirrored(folder / "data", (folder / "one", folder / "two"))
    yield opened
    await opened.stop()
    shutil.rmtree(folder)


async def test_stores_and_server_together_open_nothing(mirrored: Mirrored) -> None:
    setup, identity = mirrored.setup, mirrored.identity
    await mirrored.sql("create table confessions_of_members as select $1::text as words from generate_series(1, 50)", WORDS)  # fmt: skip
    await back_up_now(mirrored.work(), BackupKind.FULL)
    await mirrored.sql("insert into confessions_of_members select words from confessions_of_members")
    await mirrored.ship()
    await kits.put_kit(setup, mirrored.stores, {"master_key": MASTER_KEY.hex()}, now=mirrored.clock.now())
    blobs = memory_blobs()
    picture = await blobs.put(WORDS.encode() * 9)
    files = [ListedFile(picture, len(WORDS) * 9)]
    await reconcile_media(setup, mirrored.stores, files, (), blobs, now=mirrored.clock.now())

    stored = {
        str(one.relative_to(folder)): one.read_bytes()
        for folder in mirrored.folders
        for one in folder.rglob("*")
        if one.is_file()
    }
    assert {name.partition("/")[0] for name in stored} == {"epoch", "base", "wal", "kit", "media"}
    secrets = (
        WORDS.encode(), b"confessions_of_members", setup.domain.encode(), MASTER_KEY, MASTER_KEY.hex().encode(),
        setup.signer.seed, setup.media_key, identity_secret(identity), picture, picture.hex().encode(),
    )  # fmt: skip
    for name, data in stored.items():
        for one in secrets:
            assert one not in data, name
            assert one.decode("latin-1") not in name

    # The database is on the server, of course. The key to what was mirrored is in no file of it, sealed files included.
    held = {one: one.read_bytes() for one in mirrored.data.rglob("*") if one.is_file()}
    assert any(WORDS.encode() in content for content in held.values())
    opened = Keyring(MASTER_KEY).open(
        (mirrored.data / "mirror" / "setup").read_bytes(), context="mirror/setup"
    )
    for content in (*held.values(), opened):
        assert identity_secret(identity) not in content
        assert identity.encode() not in content
    found = [data[data.index(_SEALED) :] for data in stored.values() if _SEALED in data]
    assert len(found) >= 8
    for key in (setup.signer.seed, setup.media_key, MASTER_KEY, Keyring(MASTER_KEY).derive("columns")):
        for sealed in found:
            with pytest.raises(sealing.SealingWrong):
                sealing.unseal(sealed, identity_text(key))
    assert all(sealing.unseal(sealed, identity) for sealed in found)
