"""`holdfast mirror` from beginning to end, over folders: what the operator types, reads, and what the stores then hold."""

from __future__ import annotations

import json
import re
import stat
from io import BytesIO

import pytest

from holdfast.continuity import kits, media, mirror
from holdfast.platform import sealing
from tests.support.mirror_operator import Operator, identity_of, opened_stores, uploaded

SECRET_PHRASE = "hunter2-hunter2-hunter2"


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
    async with opened_stores(setup) as opened:
        kit = await kits.fetch_kit(opened, identity_of(key))
    assert kit.setup == setup
    assert kits.open_kit(sealed.read_bytes(), identity_of(key)).setup == setup
    assert kit.master_key.hex() == "5a" * 32
    assert kit.facts["software"]["installed"]["holdfast"]
    assert "--hash=sha256:" in kit.facts["software"]["lock"]
    assert kit.facts["database"]["last_lsn"]
    assert kit.facts["media"]["root"]
    for secret in ("5a" * 32, identity_of(key)):
        assert secret not in text
    assert "holdfast relaunch" in await operator.does("kit", "--offline")
    assert "this identity" not in text


async def test_uploads_are_at_the_stores_and_random_reads_find_what_is_wrong(operator: Operator) -> None:
    site = operator.site
    alice = await site.member("alice")
    before = await uploaded(alice)
    key = await operator.begins()
    assert [name for name in operator.objects("one") if name.startswith("media/")]
    after = await uploaded(alice, seed=2)
    assert before != after
    files = await site.services.database.fetch("select hash from blobs")
    setup = operator.setup
    async with opened_stores(setup) as opened:
        for row in files:
            out = BytesIO()
            size = await media.fetch_media(setup, identity_of(key), opened, row[0], out)
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


async def test_other_holders_from_now_on(operator: Operator) -> None:
    alice = await operator.site.member("alice")
    await uploaded(alice)
    key = await operator.begins()
    fresh = operator.folder / "fresh.txt"
    wrong = operator.folder / "wrong.txt"
    wrong.write_text(sealing.new_identity()[0] + "\n")
    refused = await operator.types("keys", "rotate", "--key", str(wrong), "--key-out", str(fresh))
    assert "another identity" in str(refused.exception)
    told = await operator.does("keys", "rotate", "--key", str(key), "--key-out", str(fresh))
    assert "full backup" in told
    setup = operator.setup
    assert setup.recipients == (sealing.recipient_of(identity_of(fresh)),)
    (digest, *_rest) = [
        row[0] for row in await operator.site.services.database.fetch("select hash from blobs")
    ]
    async with opened_stores(setup) as opened:
        assert (await kits.fetch_kit(opened, identity_of(fresh))).setup == setup
        assert await media.fetch_media(setup, identity_of(fresh), opened, digest, BytesIO())
        with pytest.raises(media.MediaNotHeld):
            await media.fetch_media(setup, identity_of(key), opened, digest, BytesIO())


async def test_a_store_is_added_again_with_other_credentials(operator: Operator) -> None:
    """As the runbooks say it after a seizure: away with it, and back under the same name and address."""
    await operator.begins()
    before = operator.objects("two")
    await operator.does("remove", "two", "--yes")
    await operator.does("add", "two", f"file://{operator.folder / 'two'}", "--owner", "TWO")
    assert [one.name for one in operator.setup.stores] == ["one", "two"]
    assert before.keys() <= operator.objects("two").keys()
