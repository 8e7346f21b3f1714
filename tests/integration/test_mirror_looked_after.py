"""The mirror looked after: kits, media and notices in every store, nothing readable there, nothing kept for ever."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta

import pytest

from holdfast.continuity import media, mirror
from holdfast.continuity.mirror import TooFewHold
from holdfast.main.cli.relaunch_notice import app as notice_app
from holdfast.main.media_work import MediaWorker
from holdfast.main.mirroring import bring_media
from holdfast.main.mirroring.work import MirrorKeeper
from holdfast.platform import sealing
from holdfast.platform.blobs import memory_blobs
from holdfast.platform.clock import SystemClock
from holdfast.pure.evidence import parse_vkey
from holdfast.pure.mirror import KEEP, identity_text
from holdfast.pure.relaunch_notices import NoticeRolledBack, read_notice
from holdfast.records import ledger
from holdfast.records.ledger import Entry, Kind
from tests.support.access_ledger import grow_ledger
from tests.support.mirror_operator import Operator, identity_of, opened_stores, uploaded
from tests.support.pictures import png

SECRET_TEXT = "the meeting is at the old mill"


async def test_the_worker_renews_a_kit_when_something_changed_and_brings_it_to_who_lacks_it(
    operator: Operator,
) -> None:
    await operator.begins()
    services = operator.site.services
    keeper = MirrorKeeper(services.settings, services.database, services.clock)

    def newest() -> str:
        return max(name for name in operator.objects("one") if name.startswith("kit/"))

    async def look() -> None:
        await services.database.fetch("delete from periodic")
        await keeper.look()

    await look()
    first = newest()
    await look()
    assert newest() == first
    await operator.does("note", "host", "A provider in the north")
    await look()
    assert newest() > first
    await keeper.close()


async def test_no_plain_text_key_or_name_is_in_a_store_and_the_server_opens_nothing(
    operator: Operator,
) -> None:
    """The row of issue 9: everything on the server, and everything in the stores, together open nothing."""
    site = operator.site
    alice = await site.member("alice_wonder")
    await alice.say(SECRET_TEXT)
    await uploaded(alice)
    key = await operator.begins()
    await operator.does("note", "contact-operator", "Ann Operator, +47 555 0100")
    await operator.does("kit", "--offline")
    services = site.services
    keeper = MirrorKeeper(services.settings, services.database, services.clock)
    await services.database.fetch("delete from periodic")
    await keeper.look()
    await keeper.close()
    setup = operator.setup
    digests = [row[0] for row in await services.database.fetch("select hash from blobs")]
    plain = [
        *(one.encode() for one in (SECRET_TEXT, "alice_wonder", "Ann Operator", setup.domain, "5a" * 32, identity_of(key))),
        setup.signer.seed, setup.media_key, b"\x5a" * 32, mirror.authority_key(identity_of(key), setup.site_id).seed, *digests,
        *(one.hex().encode() for one in digests), png()[-64:],
    ]  # fmt: skip
    stored = {
        f"{name}/{place}": data for name in ("one", "two") for place, data in operator.objects(name).items()
    }
    assert {place.split("/")[1] for place in stored} >= {"epoch", "kit", "media", "media-list"}
    for place, data in stored.items():
        for secret in plain:
            assert secret not in data, place
            assert secret.decode("latin-1") not in place
    # Whoever takes the machine has every file of it: none holds an identity that opens any of this.
    held = [one.read_bytes() for one in operator.data.rglob("*") if one.is_file()]
    held.append(
        site.services.keyring.open((operator.data / "mirror/setup").read_bytes(), context="mirror/setup")
    )
    for content in held:
        assert b"AGE-SECRET-KEY-1" not in content
    bodies = [
        data[data.index(b"age-encryption.org/v1") :]
        for data in stored.values()
        if b"age-encryption.org/v1" in data
    ]
    assert bodies
    candidates = {content.strip() for content in held} | {setup.signer.seed, setup.media_key, b"\x5a" * 32}
    candidates |= {services.keyring.derive(purpose) for purpose in ("columns", "mirror", "vapid")}
    for secret in (one for one in candidates if len(one) == 32):
        with pytest.raises(sealing.SealingWrong):
            sealing.unseal(bodies[0], identity_text(secret))
    with pytest.raises(mirror.AuthorityWrong):
        mirror.open_authority(setup.authority_sealed, sealing.new_identity()[0], setup.site_id)


async def test_what_was_deleted_here_goes_from_the_stores_when_no_restore_can_need_it(
    operator: Operator,
) -> None:
    site = operator.site
    services, database = site.services, site.services.database
    await operator.begins()
    alice = await site.member("alice")
    media_id = await uploaded(alice)
    held = {name for name in operator.objects("one") if name.startswith("media/")}
    assert (await alice.request("DELETE", f"/api/v1/media/{media_id}")).status_code == 200
    now = services.clock.now()
    worker = MediaWorker(services.settings, database, services.clock, services.media.decoders)
    async with database.transaction() as tx:
        await worker.sweep(tx, now + timedelta(hours=1))
    assert not list((operator.data / "media").rglob("*/*"))
    assert len(await database.fetch("select from mirror_media_gone")) == len(held)
    async with opened_stores(operator.setup) as opened:
        for later, left in ((timedelta(hours=2), held), (KEEP, held), (KEEP + timedelta(days=1), set())):
            await bring_media(services.settings, database, operator.setup, opened, now=now + later)
            assert {name for name in operator.objects("one") if name.startswith("media/")} == left
    assert not await database.fetch("select from mirror_media_gone")


async def test_a_server_that_was_replaced_takes_nothing_away(operator: Operator) -> None:
    """The new site's files are unknown to the old one's database, and must outlive its return."""
    services, database = operator.site.services, operator.site.services.database
    key = await operator.begins()
    setup = operator.setup
    place = mirror.LogPlace(setup.site_id, 1, 0x5000000)
    later = mirror.sign_epoch(
        mirror.open_authority(setup.authority_sealed, identity_of(key), setup.site_id),
        mirror.signer_key(setup.site_id, 2, b"2" * 32), place, holder="h" * 32, number=2, now=services.clock.now(),
    )  # fmt: skip
    blobs = memory_blobs()
    theirs = await blobs.put(b"a picture of the new site")
    after = services.clock.now() + KEEP + timedelta(days=1)
    async with opened_stores(setup) as opened:
        for store in opened.values():
            await media.hold_file(store, setup, theirs, blobs)
        (operator.folder / "two").rename(operator.folder / "away")
        await bring_media(services.settings, database, setup, opened, now=after)
        assert await media.holds_file(opened["one"], setup, theirs), "not while one store may know better"
        (operator.folder / "away").rename(operator.folder / "two")
        await opened["two"].put_new("epoch/0000000002", later.claim)
        await bring_media(services.settings, database, setup, opened, now=after)
        assert await media.holds_file(opened["one"], setup, theirs)
        await opened["two"].delete("epoch/0000000002")
        await bring_media(services.settings, database, setup, opened, now=after)
        assert not await media.holds_file(opened["one"], setup, theirs)


async def test_uploads_without_the_mirror_are_on_the_record_and_so_is_its_return(operator: Operator) -> None:
    site = operator.site
    services, database = site.services, site.services.database
    await operator.begins()
    keeper = MirrorKeeper(services.settings, database, services.clock)
    waiting = media.WaitingFiles(operator.data)
    digest = await services.media.blobs.alone().put(b"a file")
    waiting.add(digest)
    waiting.degrade(services.clock.now())
    (operator.folder / "one").rename(operator.folder / "gone")
    (operator.folder / "two").rename(operator.folder / "gone too")

    async def told() -> list[str]:
        rows = await database.fetch("select leaf from ledger_records order by record_id")
        leaves = [json.loads(row[0]) for row in rows]
        return [one["p"]["state"] for one in leaves if one["k"] == "mirror.degraded"]

    with contextlib.suppress(TooFewHold):
        await keeper.look()
    assert (await told(), waiting.count()) == (["degraded"], 1)
    (operator.folder / "gone").rename(operator.folder / "one")
    (operator.folder / "gone too").rename(operator.folder / "two")
    await keeper.look()
    assert (await told(), waiting.count(), waiting.degraded_since()) == (["degraded", "mirrored"], 0, None)
    await keeper.close()


async def test_a_relaunch_notice_is_signed_served_held_by_every_store_and_never_rolled_back(
    operator: Operator,
) -> None:
    site = operator.site
    assert (await site.client.get("/relaunch.json")).status_code == 404
    async with site.services.database.transaction() as tx:
        await ledger.append(tx, Entry(kind=Kind.BREAKER), now=site.services.clock.now())
    await grow_ledger(site)
    await operator.begins()
    facts = json.loads(await operator.does("publish", "https://new.example.org", "--json", into=notice_app))
    assert (facts["sequence"], facts["failed"]) == (1, {})
    served = await site.client.get("/relaunch.json", headers={"origin": "https://elsewhere.example"})
    assert served.headers["access-control-allow-origin"] == "*"
    instance = (await site.client.get("/api/v2/instance")).json()["holdfast"]
    keys = [parse_vkey(one) for one in instance["ledger"]["vkeys"]]
    assert read_notice(served.content, keys).addresses == ("https://new.example.org",)
    for name in ("one", "two"):
        assert operator.objects(name)["relaunch.json"] == served.content
    # A database that was brought back to before does not count from the beginning again.
    await site.services.database.fetch("delete from relaunch_notices")
    facts = json.loads(await operator.does("withdraw", "--json", into=notice_app))
    assert (facts["sequence"], facts["addresses"]) == (2, [])
    assert "one has notice 2" in await operator.does("show", into=notice_app)
    await site.services.database.fetch("update relaunch_notices set document = $1", served.content)
    services = site.services
    keeper = MirrorKeeper(services.settings, services.database, SystemClock())
    await services.database.fetch("delete from periodic")
    with pytest.raises(NoticeRolledBack):
        await keeper.look()
    await keeper.close()
    assert operator.objects("one")["relaunch.json"] != served.content
    wrong = await operator.types("publish", "not an address", into=notice_app)
    assert wrong.exit_code == 1
