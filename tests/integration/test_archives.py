"""Archives that are made, downloaded, and given to another server."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from holdfast.main.archive_work import archive_runner
from holdfast.main.lazy_screen import LazyScreen
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.social.archives import forget_archives
from tests.integration.test_account_commands import Terminal
from tests.support.browser import Browser, Town, form_fields, open_town
from tests.support.site import Member, Site


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with open_town(settings) as town:
        yield town


async def work(town: Town) -> None:
    services = town.services
    clock = FixedClock(services.clock.now() + timedelta(minutes=1))
    screening = LazyScreen(services.settings, services.database, clock, screen=services.screen)
    runner = archive_runner(services.settings, services.database, clock, services.media.blobs, screening)
    while await runner.run_batch():
        pass


async def api(town: Town, name: str, account_id: int) -> Member:
    return await Site(town.services, town.client(), town.app).login(name, account_id)


async def give(browser: Browser, content: bytes, visibility: str = "kept") -> int:
    await browser.open("/settings/archive")
    hidden = form_fields(browser.page, "/settings/archive/import")
    answer = await browser.client.post(
        "/settings/archive/import", data={**hidden, "visibility": visibility}, files={"file": ("outbox.json", content)},
        headers={"origin": browser.origin},
    )  # fmt: skip
    browser.page = answer.text or browser.page
    return answer.status_code


async def test_an_archive_holds_all_that_a_member_wrote(town: Town) -> None:
    ann_id, bob_id = await town.member("ann"), await town.member("bob")
    ann, bob = await api(town, "ann", ann_id), await api(town, "bob", bob_id)
    theirs = await bob.say("liked")
    await ann.post(f"/api/v1/statuses/{theirs['id']}/favourite")
    await ann.post(f"/api/v1/statuses/{theirs['id']}/bookmark")
    await ann.post(f"/api/v1/statuses/{theirs['id']}/reblog")
    first = await ann.say("1 < 2 #maths @bob", language="en")
    await ann.say("for followers", visibility="private", in_reply_to_id=first["id"])
    browser = await town.signed_in("ann")
    await browser.open("/settings/archive")
    assert (await browser.send("/settings/archive")).status_code == 303
    await browser.open("/settings/archive")
    assert (await browser.send("/settings/archive")).status_code == 422
    assert "the next can be had from" in browser.page
    await work(town)
    await browser.open("/settings/archive")
    path = "/settings/archive/" + browser.page.partition('href="/settings/archive/')[2].partition('"')[0]
    answer = await browser.client.get(path)
    assert answer.status_code == 200, answer.text
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        documents = {
            name: json.load(archive.extractfile(name) or io.BytesIO()) for name in archive.getnames()
        }
    assert set(documents) == {"actor.json", "outbox.json", "likes.json", "bookmarks.json"}
    assert documents["actor.json"]["preferredUsername"] == "ann"
    assert (
        documents["likes.json"]["orderedItems"]
        == documents["bookmarks.json"]["orderedItems"]
        == [theirs["uri"]]
    )
    outbox = documents["outbox.json"]
    assert outbox["totalItems"] == 3
    assert [item["type"] for item in outbox["orderedItems"]] == ["Announce", "Create", "Create"]
    boost, note, reply = outbox["orderedItems"]
    assert boost["object"] == theirs["uri"]
    assert note["object"]["source"]["content"] == "1 < 2 #maths @bob"
    assert "1 &lt; 2" in note["object"]["content"]
    assert {tag["name"] for tag in note["object"]["tag"]} == {"#maths", "@bob"}
    assert reply["object"]["inReplyTo"] == first["uri"]
    other = await town.signed_in("bob")
    assert (await other.client.get(path)).status_code == 404
    assert (await town.browser().client.get(path)).status_code == 303
    async with town.services.database.transaction() as tx:
        assert await forget_archives(tx, town.services.clock.now() + timedelta(days=1)) == 1
    assert (await browser.client.get(path)).status_code == 404


def old_post(number: int, **note: object) -> dict[str, object]:
    return {
        "type": "Create",
        "object": {
            "id": f"https://old.example/users/ann/statuses/{number}", "type": "Note",
            "published": f"2019-05-0{number}T10:00:00Z", "content": f"<p>old words {number}</p>",
            "to": ["https://www.w3.org/ns/activitystreams#Public"], **note,
        },
    }  # fmt: skip


async def test_posts_of_another_server_come_in_with_their_dates_once(town: Town) -> None:
    ann_id, bob_id = await town.member("ann"), await town.member("bob")
    browser, ann, bob = (
        await town.signed_in("ann"),
        await api(town, "ann", ann_id),
        await api(town, "bob", bob_id),
    )
    await bob.post(f"/api/v1/accounts/{ann.id}/follow", notify="true")
    items = [
        old_post(1), old_post(2, inReplyTo="https://old.example/users/ann/statuses/1", summary="careful"),
        {"type": "Announce", "object": "https://old.example/x"},
    ]  # fmt: skip
    content = json.dumps({"orderedItems": items}).encode()
    for _ in range(2):
        assert await give(browser, content) == 303, browser.page
        await work(town)
    await browser.open("/settings/archive")
    assert "2 imported" in browser.page
    assert "2 were here already" in browser.page
    assert "1 boost left out" in browser.page
    rows = await bob.get(f"/api/v1/accounts/{ann.id}/statuses")
    assert [(row["created_at"][:10], row["spoiler_text"]) for row in rows] == [
        ("2019-05-02", "careful"),
        ("2019-05-01", ""),
    ]
    assert rows[0]["in_reply_to_id"] == rows[1]["id"]
    assert (await bob.get("/api/v2/search", q="old words"))["statuses"] != []
    assert await bob.get("/api/v1/notifications") == []
    assert await give(browser, json.dumps({"orderedItems": [old_post(3)]}).encode(), "private") == 303
    await work(town)
    rows = await ann.get(f"/api/v1/accounts/{ann.id}/statuses")
    assert rows[0]["visibility"] == "private"


async def test_an_archive_that_is_none_says_so(town: Town) -> None:
    await town.member("ann")
    browser = await town.signed_in("ann")
    assert await give(browser, b"") == 422
    assert await give(browser, b"hello") == 303
    assert await give(browser, b"hello") == 422
    await work(town)
    await browser.open("/settings/archive")
    assert "holds neither the outbox.json" in browser.page


async def test_the_operator_imports_an_archive_for_a_member(settings: Settings, tmp_path: Path) -> None:
    async with open_town(settings, freshness="database") as town:
        ann_id = await town.member("ann")
        terminal = Terminal(settings)
        terminal._environment["HOLDFAST_MASTER_KEY"] = "5a" * 32
        file = tmp_path / "outbox.json"
        file.write_bytes(json.dumps({"orderedItems": [old_post(1), old_post(2)]}).encode())
        assert "there is no account nobody" in await terminal.refuses(
            "import", "archive", str(file), "--account", "nobody"
        )
        for imported, already in ((2, 0), (0, 2)):
            said = json.loads(
                await terminal.says("import", "archive", str(file), "--account", "Ann", "--private", "--json")
            )
            assert (said["imported"], said["already_imported"]) == (imported, already)
        rows = await town.services.database.fetch(
            "select visibility from posts where account_id = $1", ann_id
        )
        assert [row["visibility"] for row in rows] == [2, 2]
