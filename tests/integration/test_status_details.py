"""Statuses over HTTP in their details: lists of ids, edits, threads, what is off, and the forms of addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from holdfast.platform.config import Settings
from tests.support.site import Member, Site, open_site


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    small = msgspec.structs.replace(
        settings, pinned_posts_max=2, ids_per_request_max=5, context_anonymous_ancestors_max=2,
        context_anonymous_descendants_max=3, context_anonymous_depth_max=2, context_descendants_max=4,
    )  # fmt: skip
    async with open_site(small) as opened:
        yield opened


async def edited(member: Member, ident: str, **form: object) -> dict[str, Any]:
    answer = await member.request("PUT", f"/api/v1/statuses/{ident}", json=form)
    assert answer.status_code == 200, answer.text
    status: dict[str, Any] = answer.json()
    return status


async def test_many_come_in_the_order_asked_each_once(site: Site) -> None:
    (ann,) = await site.members("ann")
    ids = [(await ann.say(f"post {number}"))["id"] for number in range(6)]
    asked = [ids[3], ids[0], ids[3], "12345", ids[5]]
    assert await ann.ids("/api/v1/statuses", **{"id[]": asked}) == [ids[3], ids[0], ids[5]]
    # No more than the setting allows are looked up in one request.
    assert await ann.ids("/api/v1/statuses", **{"id[]": ids}) == ids[:5]
    assert await ann.ids("/api/v1/statuses") == []


async def test_an_edit_that_changes_nothing_makes_no_version(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("hello", language="en", spoiler_text="greeting")
    await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    same = await edited(ann, post["id"], status="hello", spoiler_text="greeting", language="en")
    assert same["edited_at"] is None
    await site.settle()
    assert await bob.ids("/api/v1/notifications") == []
    for change in ({"language": "fr"}, {"spoiler_text": "salut"}, {"status": "bonjour"}):
        form = {"status": "hello", "spoiler_text": "greeting", **change}
        assert (await edited(ann, post["id"], **form))["edited_at"] is not None
    assert len(await bob.get(f"/api/v1/statuses/{post['id']}/history")) == 4


async def test_sensitivity_and_language_are_edited_and_otherwise_kept(site: Site) -> None:
    (ann,) = await site.members("ann")
    post = await ann.say("hello", sensitive="true", language="pt-BR")
    assert (post["sensitive"], post["language"]) == (True, "pt")
    kept = await edited(ann, post["id"], status="hello again")
    assert (kept["sensitive"], kept["language"]) == (True, "pt")
    changed = await edited(ann, post["id"], status="hello again", sensitive=False, language="de")
    assert (changed["sensitive"], changed["language"]) == (False, "de")
    assert (await ann.say("hello"))["language"] is None


async def test_a_poll_with_the_same_choices_keeps_its_votes(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    poll = {"options": ["yes", "no"], "expires_in": 3600}
    answer = await ann.request("POST", "/api/v1/statuses", json={"status": "?", "poll": poll})
    post = answer.json()
    await bob.request("POST", f"/api/v1/polls/{post['poll']['id']}/votes", json={"choices": [1]})
    longer = await edited(
        ann, post["id"], status="?", poll={**poll, "expires_in": 86_400, "hide_totals": True}
    )
    assert longer["edited_at"] is None
    assert longer["poll"]["votes_count"] == 1
    assert longer["poll"]["expires_at"] > post["poll"]["expires_at"]
    assert (await bob.get(f"/api/v1/polls/{post['poll']['id']}"))["options"][0]["votes_count"] is None
    anew = await edited(ann, post["id"], status="?", poll={"options": ["yes", "maybe"], "expires_in": 3600})
    assert anew["poll"]["votes_count"] == 0
    assert anew["poll"]["id"] != post["poll"]["id"]
    gone = await edited(ann, post["id"], status="?")
    assert gone["poll"] is None
    options = [version.get("poll") for version in await ann.get(f"/api/v1/statuses/{post['id']}/history")]
    assert [poll and len(poll["options"]) for poll in options] == [2, 2, None]


async def test_a_warning_with_nothing_behind_it_is_the_text(site: Site) -> None:
    (ann,) = await site.members("ann")
    post = await ann.say("", spoiler_text="spiders")
    assert (post["content"], post["spoiler_text"], post["sensitive"]) == ("<p>spiders</p>", "", False)
    source = await ann.get(f"/api/v1/statuses/{post['id']}/source")
    assert source == {"id": post["id"], "text": "spiders", "spoiler_text": ""}


async def test_how_much_of_a_thread_is_shown_is_a_setting(site: Site) -> None:
    (ann,) = await site.members("ann")
    chain = [(await ann.say("0"))["id"]]
    for number in range(1, 7):
        chain.append((await ann.say(str(number), in_reply_to_id=chain[-1]))["id"])
    visitor = (await site.client.get(f"/api/v1/statuses/{chain[3]}/context")).json()
    assert [row["id"] for row in visitor["ancestors"]] == chain[1:3]
    assert [row["id"] for row in visitor["descendants"]] == chain[4:6]
    member = await ann.get(f"/api/v1/statuses/{chain[3]}/context")
    assert [row["id"] for row in member["ancestors"]] == chain[:3]
    assert [row["id"] for row in member["descendants"]] == chain[4:]
    assert len((await ann.get(f"/api/v1/statuses/{chain[0]}/context"))["descendants"]) == 4


async def test_only_so_many_posts_are_pinned(site: Site) -> None:
    (ann,) = await site.members("ann")
    ids = [(await ann.say(str(number)))["id"] for number in range(3)]
    codes = [(await ann.request("POST", f"/api/v1/statuses/{ident}/pin")).status_code for ident in ids]
    assert codes == [200, 200, 422]
    await ann.post(f"/api/v1/statuses/{ids[0]}/unpin")
    assert (await ann.post(f"/api/v1/statuses/{ids[2]}/pin"))["pinned"] is True
    assert set(await ann.ids(f"/api/v1/accounts/{ann.id}/statuses", pinned="true")) == set(ids[1:])


@pytest.mark.parametrize("verb", ["bookmark", "favourite"])
async def test_what_was_kept_is_paged_by_when_it_was_kept_both_ways(site: Site, verb: str) -> None:
    (ann,) = await site.members("ann")
    ids = [(await ann.say(str(number)))["id"] for number in range(4)]
    order = [ids[2], ids[0], ids[3], ids[1]]
    for ident in order:
        await ann.post(f"/api/v1/statuses/{ident}/{verb}")
    path = f"/api/v1/{verb}s"
    assert await ann.ids(path) == list(reversed(order))
    walked: list[str] = []
    address = f"{path}?limit=1&min_id=0"
    for _ in order:
        answer = await ann.request("GET", address)
        walked += [row["id"] for row in answer.json()]
        previous = next(part for part in answer.headers["link"].split(", ") if 'rel="prev"' in part)
        address = previous[1 : previous.index(">")]
    assert walked == order


async def test_a_boost_may_be_for_fewer(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("hello")
    boost = await bob.post(f"/api/v1/statuses/{post['id']}/reblog", visibility="private")
    assert (boost["visibility"], boost["reblog"]["visibility"]) == ("private", "public")
    assert (await site.client.get(f"/api/v1/statuses/{boost['id']}")).status_code == 404
    answer = await bob.request("POST", f"/api/v1/statuses/{post['id']}/reblog", data={"visibility": "direct"})
    assert answer.status_code == 422


async def test_what_is_off_or_gone_says_so(site: Site) -> None:
    (ann,) = await site.members("ann")
    post = await ann.say("hello")
    assert (await ann.request("POST", f"/api/v1/statuses/{post['id']}/translate")).status_code == 404
    for path in (f"/api/v1/statuses/{post['id']}/card", "/api/v1/timelines/direct"):
        assert (await ann.request("GET", path)).status_code == 404
    instance = (await site.client.get("/api/v2/instance")).json()
    assert instance["configuration"]["translation"]["enabled"] is False


async def test_addresses_have_the_form_that_clients_look_for(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("hello")
    base = site.services.base_url
    assert post["url"] == f"{base}/@ann/{post['id']}"
    assert post["uri"] == f"{base}/users/ann/statuses/{post['id']}"
    assert (await site.client.get(post["url"])).status_code == 200
    assert (await site.client.get(post["uri"])).headers["location"] == f"/@ann/{post['id']}"
    boost = await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    assert (await site.client.get(f"/@bob/{boost['id']}")).headers["location"] == f"/@ann/{post['id']}"
    assert (await site.client.get(f"/@bob/{post['id']}")).status_code == 404
    assert post["application"]["name"] == "Test"
