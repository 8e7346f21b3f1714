"""Hashtags over HTTP: following them, what they bring home, and what stands on a profile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from holdfast.platform.config import Settings
from tests.support.entities import problems
from tests.support.site import Member, Site, open_site

HOME = "/api/v1/timelines/home"


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    caps = {"followed_tags_max": 3, "featured_tags_max": 2, "endorsements_max": 1}
    async with open_site(msgspec.structs.replace(settings, **caps)) as opened:
        yield opened


async def said(who: Member, text: str, **form: Any) -> str:
    return str((await who.say(text, **form))["id"])


async def test_a_followed_hashtag_brings_its_public_posts_home(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    old = await said(bob, "before #Town")
    tag = await ann.post("/api/v1/tags/town/follow")
    assert (tag["following"], tag["name"], tag["featuring"]) == (True, "Town", False)
    assert await ann.get("/api/v1/tags/TOWN") == tag
    assert await ann.post("/api/v1/tags/town/follow") == tag
    new = await said(cat, "after #town")
    for visibility in ("unlisted", "private", "direct"):
        await said(cat, "kept away #town @bob", visibility=visibility)
    await said(cat, "other #place")
    mine = await said(ann, "me too #town")
    assert await ann.ids(HOME) == [mine, new, old]
    # Boosted by somebody who is followed as well: shown once.
    await ann.post(f"/api/v1/accounts/{bob.id}/follow")
    assert await ann.ids(HOME) == [mine, new, old]
    await cat.request("PUT", f"/api/v1/statuses/{new}", data={"status": "no tag any more"})
    assert await ann.ids(HOME) == [mine, old]
    await ann.post(f"/api/v1/accounts/{bob.id}/block")
    assert await ann.ids(HOME) == [mine]
    await ann.post("/api/v1/tags/town/unfollow")
    assert (await ann.get("/api/v1/tags/town"))["following"] is False


async def test_pages_of_home_with_hashtags_meet_every_post_once(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    await ann.post(f"/api/v1/accounts/{bob.id}/follow")
    for name in ("one", "two"):
        await ann.post(f"/api/v1/tags/{name}/follow")
    texts = ["#one", "plain", "#two", "#one #two", "#none", "#one", "plain", "#two"]
    expected = []
    for number, text in enumerate(texts * 3):
        author = bob if number % 3 == 0 else cat
        post = await said(author, f"{number} {text}")
        if author is bob or "#one" in text or "#two" in text:
            expected.append(post)
    met: list[str] = []
    query: dict[str, Any] = {"limit": 4}
    while found := await ann.ids(HOME, **query):
        met += found
        query["max_id"] = found[-1]
    assert met == expected[::-1]
    forward: list[str] = []
    query = {"limit": 4, "min_id": "1"}
    while found := await ann.ids(HOME, **query):
        forward += found[::-1]
        query["min_id"] = found[0]
    assert forward == expected


async def test_followed_hashtags_are_listed_and_paged(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    for name in ("one", "two", "three"):
        await ann.post(f"/api/v1/tags/{name}/follow")
    first = await ann.request("GET", "/api/v1/followed_tags", params={"limit": 2})
    assert [(tag["name"], tag["following"]) for tag in first.json()] == [("three", True), ("two", True)]
    following = first.headers["link"].partition("<")[2].partition(">")[0]
    assert [tag["name"] for tag in (await ann.request("GET", following)).json()] == ["one"]
    assert await bob.get("/api/v1/followed_tags") == []
    found = await ann.get("/api/v2/search", q="one", type="hashtags")
    assert [tag["following"] for tag in found["hashtags"]] in ([], [True])
    assert (await ann.request("POST", "/api/v1/tags/four/follow")).status_code == 422
    assert len(await ann.get("/api/v1/followed_tags")) == 3
    for wrong in ("123", "a b", "a-b", "!", "x" * 300):
        assert (await ann.request("POST", f"/api/v1/tags/{wrong}/follow")).status_code == 422, wrong


async def test_featured_hashtags_stand_on_the_profile_with_their_use(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await said(ann, "hello #Town")
    await said(ann, "again #town", visibility="unlisted")
    await said(ann, "between us #town", visibility="private")
    await said(ann, "and #place")
    suggested = await ann.get("/api/v1/featured_tags/suggestions")
    assert [tag["name"] for tag in suggested] == ["place", "Town"]
    one = await ann.post("/api/v1/featured_tags", name="#town")
    assert problems("FeaturedTag", one) == []
    assert (one["name"], one["statuses_count"]) == ("Town", "2")
    assert one["last_status_at"] == site.services.clock.now().date().isoformat()
    assert [tag["name"] for tag in await ann.get("/api/v1/featured_tags/suggestions")] == ["place"]
    unused = await ann.post("/api/v1/tags/newtag/feature")
    assert (unused["name"], unused["featuring"], unused["id"]) == ("newtag", True, "0")
    shown = await bob.get(f"/api/v1/accounts/{ann.id}/featured_tags")
    assert [(tag["name"], tag["statuses_count"], tag["last_status_at"] is None) for tag in shown] == [
        ("Town", "2", False), ("newtag", "0", True),
    ]  # fmt: skip
    assert await ann.get("/api/v1/featured_tags") == shown
    assert '<a href="/tags/town" rel="tag" dir="auto">#Town</a> (2)' in (await site.client.get("/@ann")).text
    assert (await ann.get("/api/v1/tags/town"))["featuring"] is True
    assert (await bob.get("/api/v1/tags/town"))["featuring"] is False
    assert (await ann.request("POST", "/api/v1/featured_tags", data={"name": "third"})).status_code == 422
    assert (await ann.request("POST", "/api/v1/featured_tags", data={"name": ""})).status_code == 422
    assert (await bob.request("DELETE", f"/api/v1/featured_tags/{one['id']}")).status_code == 404
    assert (await ann.request("DELETE", f"/api/v1/featured_tags/{one['id']}")).json() == {}
    await ann.post("/api/v1/tags/newtag/unfeature")
    assert await ann.get("/api/v1/featured_tags") == []


@pytest.mark.parametrize(("set_it", "unset"), [("endorse", "unendorse"), ("pin", "unpin")])
async def test_endorsed_accounts_stand_on_the_profile_while_they_are_followed(
    site: Site, set_it: str, unset: str
) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    path = f"/api/v1/accounts/{bob.id}"
    assert (await ann.request("POST", f"{path}/{set_it}")).status_code == 422
    for other in (bob, cat):
        await ann.post(f"/api/v1/accounts/{other.id}/follow")
    assert (await ann.post(f"{path}/{set_it}"))["endorsed"] is True
    assert [row["acct"] for row in await ann.get("/api/v1/endorsements")] == ["bob"]
    shown = await site.client.get(f"/api/v1/accounts/{ann.id}/endorsements")
    assert [row["acct"] for row in shown.json()] == ["bob"]
    page = (await site.client.get("/@ann")).text
    assert "Recommends" in page
    assert 'href="/@bob"' in page
    assert (await ann.request("POST", f"/api/v1/accounts/{cat.id}/{set_it}")).status_code == 422
    assert (await ann.post(f"{path}/{unset}"))["endorsed"] is False
    assert await ann.get("/api/v1/endorsements") == []
    await ann.post(f"{path}/{set_it}")
    assert (await ann.post(f"{path}/unfollow"))["endorsed"] is False
    assert await ann.get("/api/v1/endorsements") == []
    await site.settle()
    await ann.post(f"{path}/follow")
    assert await ann.get("/api/v1/endorsements") == []
