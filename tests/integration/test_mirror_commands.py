"""`holdfast mirror` from beginning to end, over folders: what the operator types, reads, and what the stores then hold."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from holdfast.continuity import kits, media, mirror
from holdfast.continuity.mirror import MirrorSetup, TooFewHold
from holdfast.main.cli.mirror import app
from holdfast.main.cli.relaunch_notice import app as notice_app
from holdfast.main.media_work import MediaWorker
from holdfast.main.mirroring import bring_media
from holdfast.main.mirroring.work import MirrorKeeper
from holdfast.platform import sealing
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings
from holdfast.pure.evidence import parse_vkey
from holdfast.pure.mirror import KEEP
from holdfast.pure.relaunch_notices import NoticeRolledBack, read_notice
from holdfast.records import ledger
from holdfast.records.ledger import Entry, Kind
from tests.support.access_ledger import grow_ledger
from tests.support.pictures import picture, png
from tests.support.site import Site, open_site

SECRET_TEXT = "the meeting is at the old mill"
SECRET_PHRASE = "hunter2-hunter2-hunter2"


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(settings) as opened:
        yield opened


class Operator:
    """Somebody at the terminal of a site."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.data = site.services.settings.data

    async def types(self, *words: str, into: Any = app, stdin: str = "", **environment: str) -> Result:
        settings = self.site.services.settings
        given = {
            "HOLDFAST_DATABASE_URL": str(settings.database_url),
            "HOLDFAST_DATA": str(settings.data),
            **environment,
        }
        return await asyncio.to_thread(
            lambda: CliRunner().invoke(into, list(words), env=given, input=stdin or None)
        )

    async def does(self, *words: str, **options: Any) -> str:
        done = await self.types(*words, **options)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    async def begins(self) -> Path:
        """A mirror over two folders; the file of its identity."""
        key = self.folder / "identity.txt"
        await self.does("init", "--key-out", str(key))
        for name in ("one", "two"):
            (self.folder / name).mkdir()
            await self.does("add", name, f"file://{self.folder / name}", "--owner", name.upper())
        return key

    @property
    def setup(self) -> MirrorSetup:
        found = mirror.read_setup(self.data, self.site.services.keyring)
        assert found is not None
        return found

    def objects(self, store: str) -> dict[str, bytes]:
        root = self.folder / store
        return {
            str(one.relative_to(root)): one.read_bytes()
            for one in root.rglob("*")
            if one.is_file() and "probe" not in one.parts
        }


@pytest.fixture
def operator(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(site, tmp_path_factory.mktemp("operator"))


def _identity(key: Path) -> str:
    return key.read_text().splitlines()[1]


async def test_a_mirror_begins_with_shares_that_open_it_and_that_the_server_forgets(
    operator: Operator,
) -> None:
    done = json.loads(await operator.does("init", "--holder", "Ann", "--holder", "Bob", "--holder", "Cleo", "--needed", "2", "--json"))  # fmt: skip
    assert [one["holder"] for one in done["shares"]] == ["Ann", "Bob", "Cleo"]
    words = [one["words"] for one in done["shares"]]
    identity = mirror.join_identity(words[1:], recipient=done["recipient"])
    assert mirror.open_authority(operator.setup.authority_sealed, identity, operator.setup.site_id).verifier.vkey == done["authority"]  # fmt: skip
    for file in operator.data.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert identity.encode() not in content
            assert not any(share.encode() in content for share in words)
    again = await operator.types("init", "--json")
    assert again.exit_code == 1
    assert "--again" in str(again.exception)


async def test_shares_are_readable_on_paper(operator: Operator) -> None:
    shown = await operator.does("init", "--holder", "Ann", "--holder", "Bob", "--needed", "2")
    shares = re.findall(r"Share \d of 2, for (\w+)\n((?:  .*\n)+)", shown)
    assert [holder for holder, _ in shares] == ["Ann", "Bob"]
    joined = [" ".join(re.findall(r"\d+ ([a-z]+)", text)) for _, text in shares]
    assert mirror.join_identity(joined, recipient=operator.setup.recipients[0])
    assert "2 of 2 shares: Ann, Bob" in await operator.does("keys", "show")


async def test_stores_are_tried_listed_looked_at_and_removed(operator: Operator) -> None:
    key = operator.folder / "identity.txt"
    assert (await operator.types("status")).exit_code == 1
    await operator.does("init", "--key-out", str(key))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "there is no store" in await operator.does("status")
    (operator.folder / "one").mkdir()
    told = await operator.does(
        "add", "one", f"file://{operator.folder / 'one'}", "--owner", "A", "--jurisdiction", "IS"
    )
    assert "WARNING rights too wide" in told
    assert "one alone can be taken away" in told
    (operator.folder / "two").mkdir()
    told = await operator.does("add", "two", f"file://{operator.folder / 'two'}", "--owner", "a")
    assert "WARNING same owner: It shares its device" in told
    missing = await operator.types("add", "three", f"file://{operator.folder / 'three'}")
    assert "existing folder" in str(missing.exception)
    (operator.folder / "four").mkdir()
    liar = await operator.types("add", "four", f"file://{operator.folder / 'four'}", "--locked")
    assert liar.exit_code == 1
    assert "FATAL   lock lied about" in liar.stdout
    listed = json.loads(await operator.does("list", "--json"))
    assert [(one["name"], one["owner"], one["jurisdiction"]) for one in listed["stores"]] == [("one", "A", "IS"), ("two", "a", "")]  # fmt: skip
    facts = json.loads(await operator.does("status", "--json"))
    assert [one["has_newest_kit"] for one in facts["stores"]] == [True, True]
    assert "two stores have one owner, who could take both" in facts["problems"]
    picture = await operator.does("status")
    assert "epoch 1" in picture
    assert "the kit does not say yet" in picture
    assert (await operator.types("status", "--check")).exit_code == 1
    await operator.does("remove", "one")
    assert (await operator.types("remove", "two")).exit_code == 1
    await operator.does("remove", "two", "--yes")
    assert not operator.setup.stores


async def test_credentials_come_from_a_file_or_the_environment_and_stand_nowhere(operator: Operator) -> None:
    await operator.does("init", "--key-out", str(operator.folder / "k"))
    refused = await operator.types("add", "s", "sftp://me:password@localhost/folder")
    assert "leave the password out" in str(refused.exception)
    asked = await operator.types(
        "add", "s", "s3://bucket", "--endpoint", "http://127.0.0.1:9", HOLDFAST_STORE_USER=""
    )
    assert "access key is missing" in str(asked.exception)
    file = operator.folder / "credentials.toml"
    file.write_text(f'user = "somebody"\nsecret = "{SECRET_PHRASE}"\nendpoint = "http://127.0.0.1:9"\n')
    away = await operator.types("add", "s", "s3://bucket/prefix", "--credentials", str(file))
    assert away.exit_code == 1
    assert "FATAL   away" in away.stdout
    assert SECRET_PHRASE not in away.output
    file.write_text("password = 'x'\n")
    wrong = await operator.types("add", "s", "s3://bucket/prefix", "--credentials", str(file))
    assert "password is none of" in str(wrong.exception)


async def test_the_kit_is_in_every_store_whole_and_its_sheet_holds_no_secret(operator: Operator) -> None:
    key = await operator.begins()
    await operator.does("note", "registrar", "Registrar AB, account of Ann")
    assert "-- Host of the server" in await operator.does("note")
    page, sealed = operator.folder / "kit.html", operator.folder / "kit.age"
    await operator.does("kit", "--out", str(page), "--sealed", str(sealed))
    text = page.read_text()
    assert "Registrar AB" in text
    assert operator.site.services.settings.domain in text
    setup = operator.setup
    async with _opened(setup) as opened:
        kit = await kits.fetch_kit(opened, _identity(key))
    assert kit.setup == setup
    assert kits.open_kit(sealed.read_bytes(), _identity(key)).setup == setup
    assert kit.master_key.hex() == "5a" * 32
    assert kit.facts["software"]["installed"]["holdfast"]
    assert "--hash=sha256:" in kit.facts["software"]["lock"]
    assert kit.facts["database"]["last_lsn"]
    assert kit.facts["media"]["root"]
    for secret in ("5a" * 32, _identity(key)):
        assert secret not in text
    assert "holdfast relaunch" in await operator.does("kit", "--offline")
    assert "this identity" not in text


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


async def test_uploads_are_at_the_stores_and_random_reads_find_what_is_wrong(operator: Operator) -> None:
    site = operator.site
    alice = await site.member("alice")
    before = await _uploaded(alice)
    key = await operator.begins()
    assert [name for name in operator.objects("one") if name.startswith("media/")]
    after = await _uploaded(alice, seed=2)
    assert before != after
    files = await site.services.database.fetch("select hash from blobs")
    setup = operator.setup
    async with _opened(setup) as opened:
        for row in files:
            out = BytesIO()
            size = await media.fetch_media(setup, _identity(key), opened, row[0], out)
            assert size > 0
    right = json.loads(await operator.does("verify", "--json"))
    assert right["stores"]["one"]["read"]["media"] == len(files)
    victim = operator.folder / "two" / next(n for n in operator.objects("two") if n.startswith("media/"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    wrong = await operator.types("verify")
    assert wrong.exit_code == 1
    assert "forged" in wrong.stdout
    victim.unlink()
    told = json.loads(await operator.does("media", "--json"))
    assert told["stores"]["two"]["brought"] == 1
    await operator.does("verify")


async def test_no_plain_text_key_or_name_is_in_a_store_and_the_server_opens_nothing(
    operator: Operator,
) -> None:
    """The row of issue 9: everything on the server, and everything in the stores, together open nothing."""
    site = operator.site
    alice = await site.member("alice_wonder")
    await alice.say(SECRET_TEXT)
    await _uploaded(alice)
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
        *(one.encode() for one in (SECRET_TEXT, "alice_wonder", "Ann Operator", setup.domain, "5a" * 32, _identity(key))),
        setup.signer.seed, setup.media_key, b"\x5a" * 32, mirror.authority_key(_identity(key), setup.site_id).seed, *digests,
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
            sealing.unseal(bodies[0], _as_identity(secret))
    with pytest.raises(mirror.AuthorityWrong):
        mirror.open_authority(setup.authority_sealed, sealing.new_identity()[0], setup.site_id)


async def test_other_holders_from_now_on(operator: Operator) -> None:
    alice = await operator.site.member("alice")
    await _uploaded(alice)
    key = await operator.begins()
    fresh = operator.folder / "fresh.txt"
    wrong = operator.folder / "wrong.txt"
    wrong.write_text(sealing.new_identity()[0] + "\n")
    refused = await operator.types("keys", "rotate", "--key", str(wrong), "--key-out", str(fresh))
    assert "another identity" in str(refused.exception)
    told = await operator.does("keys", "rotate", "--key", str(key), "--key-out", str(fresh))
    assert "full backup" in told
    setup = operator.setup
    assert setup.recipients == (sealing.recipient_of(_identity(fresh)),)
    (digest, *_rest) = [
        row[0] for row in await operator.site.services.database.fetch("select hash from blobs")
    ]
    async with _opened(setup) as opened:
        assert (await kits.fetch_kit(opened, _identity(fresh))).setup == setup
        assert await media.fetch_media(setup, _identity(fresh), opened, digest, BytesIO())
        with pytest.raises(media.MediaNotHeld):
            await media.fetch_media(setup, _identity(key), opened, digest, BytesIO())


async def test_what_was_deleted_here_goes_from_the_stores_when_no_restore_can_need_it(
    operator: Operator,
) -> None:
    site = operator.site
    services, database = site.services, site.services.database
    await operator.begins()
    alice = await site.member("alice")
    media_id = await _uploaded(alice)
    held = {name for name in operator.objects("one") if name.startswith("media/")}
    assert (await alice.request("DELETE", f"/api/v1/media/{media_id}")).status_code == 200
    now = services.clock.now()
    worker = MediaWorker(services.settings, database, services.clock, services.media.decoders)
    async with database.transaction() as tx:
        await worker.sweep(tx, now + timedelta(hours=1))
    assert not list((operator.data / "media").rglob("*/*"))
    assert len(await database.fetch("select from mirror_media_gone")) == len(held)
    async with _opened(operator.setup) as opened:
        for later, left in ((timedelta(hours=2), held), (KEEP, held), (KEEP + timedelta(days=1), set())):
            await bring_media(services.settings, database, operator.setup, opened, now=now + later)
            assert {name for name in operator.objects("one") if name.startswith("media/")} == left
    assert not await database.fetch("select from mirror_media_gone")


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


async def _uploaded(member: Any, seed: int = 1) -> str:
    response = await member.request(
        "POST", "/api/v2/media", files={"file": ("a.png", png(picture(seed=seed)), "image/png")}
    )
    assert response.status_code == 200, response.text
    identifier: str = response.json()["id"]
    return identifier


def _as_identity(secret: bytes) -> str:
    from holdfast.pure.mirror import identity_text

    return identity_text(secret)


class _opened:  # noqa: N801  reads as a verb
    def __init__(self, setup: MirrorSetup) -> None:
        self._stores = mirror.open_stores(setup)

    async def __aenter__(self) -> Any:
        return self._stores

    async def __aexit__(self, *_: object) -> None:
        for one in self._stores.values():
            await one.close()
