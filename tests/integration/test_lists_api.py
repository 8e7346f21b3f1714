"""Lists over HTTP: who may be in them, what their timelines show, and what exclusive ones take from home."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from holdfast.platform.config import Settings
from tests.support.entities import problems
from tests.support.site import Member, Site, open_site

PATH = "/api/v1/lists"


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, lists_max=3, list_members_max=2)) as opened:
        yield opened


async def follow(who: Member, *others: Member) -> None:
    for other in others:
        await who.post(f"/api/v1/accounts/{other.id}/follow")


async def listed(who: Member, title: str, *others: Member, **form: str) -> str:
    """A list with these in it."""
    one = await who.post(PATH, title=title, **form)
    if others:
        await who.post(f"{PATH}/{one['id']}/accounts", **{"account_ids[]": [other.id for other in others]})
    return str(one["id"])


async def members(who: Member, list_id: str) -> list[str]:
    return [row["acct"] for row in await who.get(f"{PATH}/{list_id}/accounts")]


async def texts(who: Member, path: str, **params: Any) -> list[str]:
    return [
        (row["reblog"] or row)["content"].removeprefix("<p>").removesuffix("</p>")
        for row in await who.get(path, **params)
    ]


async def test_a_list_is_made_changed_and_deleted_by_its_owner_alone(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    one = await ann.post(PATH, title=" Friends ")
    assert problems("UserList", one) == []
    assert one == {"id": one["id"], "title": "Friends", "replies_policy": "list", "exclusive": False}
    path = f"{PATH}/{one['id']}"
    answer = await ann.request("PUT", path, json={"replies_policy": "none", "exclusive": True})
    assert answer.json() == {**one, "replies_policy": "none", "exclusive": True}
    assert await ann.get(PATH) == [await ann.get(path)] == [answer.json()]
    for method, where in (
        ("GET", path), ("PUT", path), ("DELETE", path), ("GET", f"{path}/accounts"), ("POST", f"{path}/accounts"),
        ("DELETE", f"{path}/accounts"), ("GET", f"/api/v1/timelines/list/{one['id']}"),
    ):  # fmt: skip
        assert (await bob.request(method, where)).status_code == 404, (method, where)
    assert (await ann.request("DELETE", path)).json() == {}
    assert (await ann.request("GET", path)).status_code == 404


async def test_a_wrong_list_is_refused_with_the_reason(site: Site) -> None:
    ann = await site.member("ann")
    for form, field in (({"title": " "}, "title"), ({"title": "x", "replies_policy": "all"}, "replies_policy"),
                        ({"title": "x" * 257}, "title")):  # fmt: skip
        answer = await ann.request("POST", PATH, data=form)
        assert answer.status_code == 422
        assert list(answer.json()["details"]) == [field]


async def test_only_those_one_follows_or_asked_to_follow_can_be_in_a_list(site: Site) -> None:
    ann, bob, cat, locked = await site.members("ann", "bob", "cat", "locked")
    await locked.request("PATCH", "/api/v1/accounts/update_credentials", data={"locked": "true"})
    await follow(ann, bob, locked)
    one = await listed(ann, "Friends", bob)
    refused = await ann.request("POST", f"{PATH}/{one}/accounts", data={"account_ids[]": [cat.id]})
    assert refused.status_code == 404
    assert await members(ann, one) == ["bob"]
    await ann.post(f"{PATH}/{one}/accounts", **{"account_ids[]": [locked.id, bob.id]})
    assert await members(ann, one) == ["locked", "bob"]
    assert [row["id"] for row in await ann.get(f"/api/v1/accounts/{bob.id}/lists")] == [one]
    assert await bob.get(f"/api/v1/accounts/{bob.id}/lists") == []
    # A DELETE with a form body, as some clients send it; and by the query.
    form = {"account_ids[]": bob.id}
    assert (await ann.request("DELETE", f"{PATH}/{one}/accounts", data=form)).status_code == 200
    assert await members(ann, one) == ["locked"]
    by_query = await ann.request("DELETE", f"{PATH}/{one}/accounts", params={"account_ids[]": locked.id})
    assert by_query.status_code == 200
    assert await members(ann, one) == []


async def test_who_is_unfollowed_or_blocked_leaves_every_list_at_once(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    await follow(ann, bob, cat)
    one = await listed(ann, "Friends", bob, cat)
    await bob.say("hello")
    await ann.post(f"/api/v1/accounts/{bob.id}/unfollow")
    assert await members(ann, one) == ["cat"]
    assert await texts(ann, f"/api/v1/timelines/list/{one}") == []
    await cat.post(f"/api/v1/accounts/{ann.id}/block")
    assert await members(ann, one) == []
    await site.settle()
    assert await site.services.database.fetchval("select count(*) from list_members") == 0
    await follow(ann, bob)
    assert await members(ann, one) == []


async def test_members_are_paged_and_all_come_with_limit_0(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    await follow(ann, bob, cat)
    one = await listed(ann, "Friends", bob, cat)
    first = await ann.request("GET", f"{PATH}/{one}/accounts", params={"limit": 1})
    assert [row["acct"] for row in first.json()] == ["cat"]
    following = first.headers["link"].partition("<")[2].partition(">")[0]
    assert [row["acct"] for row in (await ann.request("GET", following)).json()] == ["bob"]
    everybody = await ann.request("GET", f"{PATH}/{one}/accounts", params={"limit": 0})
    assert [row["acct"] for row in everybody.json()] == ["cat", "bob"]
    assert "link" not in everybody.headers


async def test_a_list_shows_what_its_members_post_by_its_replies_policy(site: Site) -> None:
    ann, bob, cat, dan = await site.members("ann", "bob", "cat", "dan")
    await follow(ann, bob, cat, dan)
    one = await listed(ann, "Friends", bob, cat)
    said = {who.name: (await who.say(f"by {who.name}"))["id"] for who in (ann, bob, cat, dan)}
    for whom in ("ann", "bob", "cat", "dan"):
        await bob.say(f"to {whom}", in_reply_to_id=said[whom])
    await bob.post(f"/api/v1/statuses/{said['dan']}/reblog")
    path = f"/api/v1/timelines/list/{one}"
    shown = {
        "none": ["by dan", "to bob", "to ann", "by cat", "by bob"],
        "list": ["by dan", "to cat", "to bob", "to ann", "by cat", "by bob"],
        "followed": ["by dan", "to dan", "to cat", "to bob", "to ann", "by cat", "by bob"],
    }
    for policy, expected in shown.items():
        await ann.request("PUT", f"{PATH}/{one}", data={"replies_policy": policy})
        assert await texts(ann, path) == expected, policy
    first, second = [await ann.get(path, limit=3, **more) for more in ({}, {"max_id": said["cat"]})]
    assert [len(first), len(second)] == [3, 1]
    await ann.post(f"/api/v1/accounts/{bob.id}/follow", reblogs="false")
    assert "by dan" not in await texts(ann, path)
    await ann.post(f"/api/v1/accounts/{cat.id}/mute")
    assert "by cat" not in await texts(ann, path)


async def test_a_list_shows_nothing_that_home_may_not(site: Site) -> None:
    ann, bob, _ = await site.members("ann", "bob", "cat")
    await follow(ann, bob)
    one = await listed(ann, "Friends", bob)
    await bob.say("to cat alone @cat", visibility="direct")
    await bob.say("followers", visibility="private")
    assert await texts(ann, f"/api/v1/timelines/list/{one}") == ["followers"]


async def test_members_of_an_exclusive_list_leave_the_home_timeline(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    await follow(ann, bob, cat)
    said = await bob.say("by bob")
    await cat.say("to bob", in_reply_to_id=said["id"])
    home = "/api/v1/timelines/home"
    assert await texts(ann, home) == ["to bob", "by bob"]
    one = await listed(ann, "Loud", bob, exclusive="true")
    # An answer to somebody who is followed is shown, wherever the other is read.
    assert await texts(ann, home) == ["to bob"]
    assert await texts(ann, f"/api/v1/timelines/list/{one}") == ["by bob"]
    await ann.request("PUT", f"{PATH}/{one}", data={"exclusive": "false"})
    assert await texts(ann, home) == ["to bob", "by bob"]
    await ann.request("PUT", f"{PATH}/{one}", data={"exclusive": "true"})
    assert await texts(ann, home) == ["to bob"]
    await ann.request("DELETE", f"{PATH}/{one}")
    assert await texts(ann, home) == ["to bob", "by bob"]


async def test_cve_2026_23962_lists_have_caps(site: Site) -> None:
    ann, bob, cat, dan = await site.members("ann", "bob", "cat", "dan")
    await follow(ann, bob, cat, dan)
    one = await listed(ann, "Friends", bob, cat)
    answer = await ann.request("POST", f"{PATH}/{one}/accounts", data={"account_ids[]": [dan.id]})
    assert answer.status_code == 422
    assert "2" in answer.json()["error"]
    assert await members(ann, one) == ["cat", "bob"]
    for title in ("second", "third"):
        await ann.post(PATH, title=title)
    assert (await ann.request("POST", PATH, data={"title": "fourth"})).status_code == 422
    assert len(await ann.get(PATH)) == 3
