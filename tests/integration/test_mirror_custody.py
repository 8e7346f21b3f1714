"""A mirror from its beginning: epochs in every store, random reads, kits that only the identity opens, other holders."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from holdfast.continuity import kits, mirror
from holdfast.platform import sealing
from holdfast.platform.stores import MemoryObjects
from holdfast.pure.mirror import SecretInSheet
from holdfast.pure.mirror_objects import KitHead, encode_kit
from tests.support.mirror_stores import CLOCK, NOW, PLACE, LittleMirror, everything_in, little_mirror

FACTS = {
    "master_key": "5a" * 32,
    "ledger": {"origin": "a.example/1", "vkeys": ["a.example/1+aa+bb"], "witnesses": [], "checkpoint": "a note"},
    "software": {"version": "0.1.0", "python": "3.11"},
    "database": {"timeline": 1},
}  # fmt: skip


async def reads(little: LittleMirror, name: str = "one", **facts: int) -> mirror.Verified:
    return await mirror.verify_store(
        little.opened[name], little.setup, reads=facts.get("reads", 100), draw=random.Random(1).sample
    )


async def test_every_store_holds_the_epoch_and_no_secret_is_kept_here() -> None:
    little = await little_mirror()
    for store in little.opened.values():
        assert set(await everything_in(store)) == {"epoch/0000000001", "epoch/0000000001.start"}
    (epoch,) = mirror.known_epochs(little.setup)
    assert epoch.claim.signer == little.setup.signer.verifier
    assert epoch.start is not None
    assert (epoch.start.start_lsn, epoch.start.timeline) == (PLACE.lsn, PLACE.timeline)
    assert mirror.authority_key(little.identity, PLACE.site_id).verifier == little.setup.authority
    assert little.identity not in repr(mirror.setup_facts(little.setup))


async def test_a_store_of_another_mirror_is_refused_and_so_is_one_that_lies() -> None:
    little, other = await little_mirror(), await little_mirror()
    found = mirror.StoreSetup("three", "memory://three")
    with pytest.raises(mirror.StoreHoldsAnother):
        await mirror.join_store(little.setup, found, other.opened["one"], [], clock=CLOCK, mark="m")
    liar = MemoryObjects("memory://three", clock=CLOCK)
    liar.faults.ignores_create_only = True
    with pytest.raises(mirror.StoreNotFit) as refused:
        await mirror.join_store(little.setup, found, liar, [], clock=CLOCK, mark="m")
    assert next(one.code for one in refused.value.judgement.findings) is mirror.Code.CREATE_ONLY_IGNORED
    with pytest.raises(mirror.StoreKnown):
        await mirror.join_store(
            little.setup, little.setup.stores[0], MemoryObjects(), [], clock=CLOCK, mark="m"
        )


async def test_random_reads_find_what_was_changed_renamed_cut_or_taken_away() -> None:
    little = await little_mirror()
    await kits.put_kit(little.setup, little.opened, FACTS, now=NOW)
    good = await reads(little)
    assert not good.wrong
    assert good.read == {"epoch": 2, "kit": 1}
    store = little.opened["one"]
    kit = await store.get("kit/0000000001/0000000000")
    await store.put("kit/0000000001/0000000007", kit)
    await store.put("kit/0000000001/0000000000", kit[:-1])
    await store.put("epoch/0000000001", (await store.get("epoch/0000000001")).replace(b"holder", b"h0lder"))
    await store.put("manifest/0000000001/0000000000", b"anything")
    found = {one.name: one.reason for one in (await reads(little)).wrong}
    assert found == {
        "epoch/0000000001": "forged",
        "kit/0000000001/0000000000": "truncated",
        "kit/0000000001/0000000007": "misnamed",
        "manifest/0000000001/0000000000": "malformed",
    }
    assert not (await reads(little, "two")).wrong


async def test_the_newest_kit_is_found_with_the_identity_alone() -> None:
    little = await little_mirror()
    await kits.put_kit(little.setup, little.opened, {**FACTS, "mark": "old"}, now=NOW)
    little.opened["one"].faults.away = True
    _, data, answers = await kits.put_kit(little.setup, little.opened, FACTS, now=NOW)
    little.opened["one"].faults.away = False
    assert answers["one"] is not None
    kit = await kits.fetch_kit(little.opened, little.identity)
    assert kit.setup == little.setup
    assert kit.master_key == b"\x5a" * 32
    assert "mark" not in kit.facts
    assert kits.open_kit(data, little.identity).setup == little.setup
    with pytest.raises(kits.NoKit):
        await kits.fetch_kit(little.opened, sealing.new_identity()[0])


async def test_a_store_that_knows_the_recipient_cannot_pass_off_a_kit_of_its_own() -> None:
    little = await little_mirror()
    await kits.put_kit(little.setup, little.opened, FACTS, now=NOW)
    other = await little_mirror()
    theirs = replace(other.setup, recipients=little.setup.recipients)
    # Sealed to our recipient, signed by a key of theirs, and handing on what of ours a kit could be copied from.
    for setup in (theirs, replace(theirs, authority_sealed=little.setup.authority_sealed)):
        name, forged = kits.seal_kit(setup, FACTS, 9, now=NOW)
        await little.opened["two"].put(name, forged)
        assert (await kits.fetch_kit(little.opened, little.identity)).setup == little.setup
    head = KitHead(PLACE.site_id, 1, 9, NOW)
    sealed = sealing.seal(b"{}", little.setup.recipients)
    await little.opened["two"].put(head.name, encode_kit(head, sealed, other.setup.signer))
    assert (await kits.fetch_kit(little.opened, little.identity)).setup == little.setup


async def test_other_holders_open_what_is_written_from_now_on_and_the_authority_stays() -> None:
    little = await little_mirror()
    await kits.put_kit(little.setup, little.opened, FACTS, now=NOW)
    with pytest.raises(mirror.AuthorityWrong):
        mirror.rotate_identity(little.setup, sealing.new_identity()[0], holders=("Dee", "Eve"), needed=2)
    rotated = mirror.rotate_identity(little.setup, little.identity, holders=("Dee", "Eve"), needed=2)
    await kits.put_kit(rotated.setup, little.opened, FACTS, now=NOW)
    kit = await kits.fetch_kit(little.opened, rotated.identity.identity)
    assert kit.setup.holders == ("Dee", "Eve")
    assert kit.setup.authority_vkey == little.setup.authority_vkey
    old = await kits.fetch_kit(little.opened, little.identity)
    assert old.setup.holders == ("Ann", "Bob", "Cleo")
    # And once more, from the second identity to a third.
    third = mirror.rotate_identity(rotated.setup, rotated.identity.identity, holders=(), needed=0)
    await kits.put_kit(third.setup, little.opened, FACTS, now=NOW)
    assert (await kits.fetch_kit(little.opened, third.identity.identity)).setup == third.setup


async def test_the_sheet_says_what_people_need_and_refuses_to_hold_a_secret() -> None:
    little = await little_mirror()
    setup = replace(little.setup, contacts={"registrar": "Registrar <AB>"})
    page = kits.kit_page(setup, FACTS, ["5a" * 32], now=NOW)
    for wanted in (
        "memory://one",
        "Ann",
        "2 of",
        setup.authority_vkey,
        "Registrar &lt;AB&gt;",
        "a note",
        "DNS provider",
    ):
        assert wanted in page
    assert "5a5a" not in page
    assert "holdfast relaunch" in kits.kit_text(setup, FACTS, ["5a" * 32], now=NOW)
    assert "dns-provider" in kits.missing_topics(setup)
    leaking = replace(setup, contacts={"host": "password hunter2hunter2"})
    with pytest.raises(SecretInSheet):
        kits.kit_page(leaking, FACTS, ["hunter2hunter2"], now=NOW)
