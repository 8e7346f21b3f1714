"""The setup of the mirror: a sealed file that only this server's keyring opens, and that opens nothing at the stores."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.continuity import mirror
from holdfast.platform import sealing
from holdfast.platform.crypto import Keyring
from holdfast.platform.stores import StoreAway, StoreCredentials
from holdfast.pure.evidence import SigningKey

KEYRING = Keyring(b"k" * 32)


def a_setup(identity: str | None = None, **changes: object) -> mirror.MirrorSetup:
    identity = identity or sealing.new_identity()[0]
    authority = mirror.authority_key(identity, "7")
    setup = mirror.MirrorSetup(
        site_id="7",
        domain="a.example",
        epoch=1,
        holder="h",
        recipients=(sealing.recipient_of(identity),),
        authority_vkey=authority.verifier.vkey,
        authority_sealed=mirror.seal_authority(authority, identity),
        signer=mirror.signer_key("7", 1, b"s" * 32),
        media_key=b"m" * 32,
        epochs=(mirror.SignedEpoch(1, b"claim", b"start"),),
        stores=(
            mirror.StoreSetup("one", "file:///mnt/one", owner="A", jurisdiction="IS"),
            mirror.StoreSetup("two", "s3://b/p", StoreCredentials("user-name", "very-secret", endpoint="https://s3.example")),
        ),
        holders=("Ann", "Bob"),
        shares_needed=2,
        contacts={"registrar": "r.example"},
    )  # fmt: skip
    return replace(setup, **changes)  # type: ignore[arg-type]


def test_what_was_written_is_read_again_and_nothing_of_it_is_shown(tmp_path: Path) -> None:
    setup = a_setup()
    mirror.write_setup(tmp_path, KEYRING, setup)
    assert mirror.read_setup(tmp_path, KEYRING) == setup
    file = tmp_path / "mirror" / "setup"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert b"very-secret" not in file.read_bytes()
    assert b"a.example" not in file.read_bytes()
    assert "very-secret" not in repr(setup)
    assert repr(b"m" * 32) not in repr(setup)
    assert repr(b"s" * 32) not in repr(setup)
    assert mirror.setup_from_facts(mirror.setup_facts(setup)) == setup


def test_no_file_means_no_mirror_and_another_key_is_an_error(tmp_path: Path) -> None:
    assert mirror.read_setup(tmp_path, KEYRING) is None
    mirror.write_setup(tmp_path, KEYRING, a_setup())
    with pytest.raises(mirror.MirrorSetupUnreadable):
        mirror.read_setup(tmp_path, Keyring(b"x" * 32))


def test_the_quorum_follows_the_policy() -> None:
    setup = a_setup()
    assert setup.with_stores(setup.stores).quorum == 1
    assert a_setup(policy="all").with_stores(setup.stores).quorum == 2


def test_one_secret_brings_back_the_authority_also_after_the_identity_changed() -> None:
    old, new = sealing.new_identity()[0], sealing.new_identity()[0]
    authority = mirror.authority_key(old, "7")
    assert mirror.authority_key(old, "7") == authority != mirror.authority_key(new, "7")
    handed_on = mirror.seal_authority(authority, new)
    assert mirror.open_authority(handed_on, new, "7") == authority
    with pytest.raises(mirror.AuthorityWrong):
        mirror.open_authority(handed_on, old, "7")


def test_who_knows_only_the_recipient_cannot_hand_on_another_authority() -> None:
    identity = sealing.new_identity()[0]
    forged: SigningKey = mirror.authority_key(sealing.new_identity()[0], "7")
    sealed = sealing.seal(forged.seed + b"\0" * 32, [sealing.recipient_of(identity)])
    with pytest.raises(mirror.AuthorityWrong):
        mirror.open_authority(sealed, identity, "7")


async def test_a_store_whose_disk_is_not_mounted_is_away_until_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    there = tmp_path / "there"
    there.mkdir()
    setup = a_setup(
        stores=(mirror.StoreSetup("late", f"file://{folder}"), mirror.StoreSetup("there", f"file://{there}"))
    )
    opened = mirror.open_stores(setup)
    with pytest.raises(StoreAway):
        await opened["late"].list()
    assert await opened["there"].list() == []
    folder.mkdir()
    assert await opened["late"].list() == []
