"""Relations over the API: follow, requests, blocks, mutes, notes, domains, and their paged lists."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from holdfast.platform.config import Settings
from tests.support.api import Api, open_api
from tests.support.entities import problems
from tests.support.site import Member

pytestmark = pytest.mark.integration


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    async with open_api(settings) as api:
        yield api


async def do(api: Api, who: Member, verb: str, whom: Member, **form: object) -> dict[str, object]:
    reply = await api.post(f"/api/v1/accounts/{whom.id}/{verb}", who, **form)
    assert reply.status == 200, reply.body
    entity: dict[str, object] = reply.json
    assert problems("Relationship", entity) == []
    assert entity["id"] == whom.id
    return entity


async def test_every_command_answers_with_what_it_made(api: Api) -> None:
    ann, bob = await api.person("ann"), await api.person("bob")
    said = await do(api, ann, "follow", bob, reblogs="false", notify="true", **{"languages[]": ["en", "nb"]})
    assert (said["following"], said["showing_reblogs"], said["notifying"]) == (True, False, True)
    assert said["languages"] == ["en", "nb"]
    assert (await do(api, ann, "follow", bob))["showing_reblogs"] is False
    assert (await do(api, ann, "note", bob, comment="from work"))["note"] == "from work"
    assert (await do(api, ann, "note", bob))["note"] == ""
    said = await do(api, ann, "mute", bob, notifications="false", duration="3600")
    assert (said["muting"], said["muting_notifications"]) == (True, False)
    assert str(said["muting_expires_at"]).endswith("Z")
    assert (await do(api, ann, "unmute", bob))["muting"] is False
    assert (await do(api, bob, "remove_from_followers", ann))["followed_by"] is False
    assert (await do(api, ann, "block", bob))["blocking"] is True
    assert (await do(api, bob, "unfollow", ann))["blocked_by"] is True
    assert (await do(api, ann, "unblock", bob))["blocking"] is False


async def test_commands_that_are_not_allowed_say_so(api: Api) -> None:
    ann, bob = await api.person("ann"), await api.person("bob")
    for verb in ("follow", "block", "mute", "note"):
        reply = await api.post(f"/api/v1/accounts/{ann.id}/{verb}", ann)
        assert reply.status == 403
    await do(api, bob, "block", ann)
    reply = await api.post(f"/api/v1/accounts/{bob.id}/follow", ann)
    assert (reply.status, reply.json) == (403, {"error": "This action is not allowed"})
    assert (await api.get(f"/api/v1/accounts/{bob.id}", ann)).json["id"] == bob.id
    for path, form in (
        ("mute", {"duration": "-1"}),
        ("note", {"comment": "x" * 2001}),
        ("mute", {"duration": "soon"}),
    ):
        assert (await api.post(f"/api/v1/accounts/{bob.id}/{path}", ann, **form)).status == 422
    reader = await api.person("reader", scopes="read")
    for verb in ("follow", "unfollow", "block", "unblock", "mute", "unmute", "note", "remove_from_followers"):
        path = f"/api/v1/accounts/{bob.id}/{verb}"
        assert (await api.post(path, reader)).status == 403
        assert (await api.post(path)).status == 401


async def test_a_locked_account_answers_its_own_requests_only(api: Api) -> None:
    ann, eve, lea = [await api.person(name) for name in ("ann", "eve", "lea")]
    await api.call("PATCH", "/api/v1/accounts/update_credentials", lea, form={"locked": "true"})
    assert (await do(api, ann, "follow", lea))["requested"] is True
    mine = (await api.get("/api/v1/accounts/verify_credentials", lea)).json
    assert mine["source"]["follow_requests_count"] == 1
    assert [one["id"] for one in (await api.get("/api/v1/follow_requests", lea)).json] == [ann.id]
    assert (await api.get("/api/v1/follow_requests", eve)).json == []
    for who, whom in ((eve, ann), (eve, lea), (ann, lea), (lea, eve)):
        for answer in ("authorize", "reject"):
            reply = await api.post(f"/api/v1/follow_requests/{whom.id}/{answer}", who)
            assert (reply.status, reply.json) == (404, {"error": "Record not found"})
    reply = await api.post(f"/api/v1/follow_requests/{ann.id}/authorize", lea)
    assert (reply.json["followed_by"], reply.json["requested_by"]) == (True, False)
    mine = (await api.get("/api/v1/accounts/verify_credentials", lea)).json
    assert (mine["source"]["follow_requests_count"], mine["followers_count"]) == (0, 1)
    await do(api, eve, "follow", lea)
    reply = await api.post(f"/api/v1/follow_requests/{eve.id}/reject", lea)
    assert (reply.status, reply.json["requested_by"]) == (200, False)
    assert (await api.get("/api/v1/follow_requests", lea)).json == []


async def test_followers_page_by_link_both_ways_without_showing_relation_ids(api: Api) -> None:
    star = await api.person("star")
    fans = [await api.person(f"fan{number}") for number in range(5)]
    for fan in fans:
        await do(api, fan, "follow", star)
    path: str | None = f"/api/v1/accounts/{star.id}/followers?limit=2"
    seen, back = [], None
    while path is not None:
        reply = await api.get(path)
        seen += [one["username"] for one in reply.json]
        back = reply.link("prev") or back
        path = reply.link("next")
    assert seen == [f"fan{number}" for number in (4, 3, 2, 1, 0)]
    assert back is not None
    reply = await api.get(back)
    assert [one["username"] for one in reply.json] == ["fan2", "fan1"]
    assert "limit=2" in str(reply.link("prev"))
    assert (await api.get(f"/api/v1/accounts/{star.id}/followers", None, limit=0)).status == 200
    reply = await api.get(f"/api/v1/accounts/{star.id}/followers", None, max_id="newest")
    assert (reply.status, list(reply.json["details"])) == (422, ["max_id"])
    everything = await api.get(f"/api/v1/accounts/{star.id}/followers", None, since_id="0", min_id="")
    assert len(everything.json) == 5


async def test_collections_hide_for_their_owner_and_from_the_blocked(api: Api) -> None:
    star, fan, eve = [await api.person(name) for name in ("star", "fan", "eve")]
    await do(api, fan, "follow", star)
    path = f"/api/v1/accounts/{star.id}/followers"

    async def count(who: Member | None) -> int:
        return len((await api.get(path, who)).json)

    assert [await count(who) for who in (None, star, fan, eve)] == [1, 1, 1, 1]
    await do(api, eve, "mute", fan)
    assert await count(eve) == 0
    await do(api, eve, "unmute", fan)
    await do(api, fan, "block", eve)
    assert await count(eve) == 0
    await do(api, fan, "unblock", eve)
    await do(api, star, "block", eve)
    assert [await count(who) for who in (None, eve)] == [1, 0]
    await api.call("PATCH", "/api/v1/accounts/update_credentials", star, json={"hide_collections": True})
    assert [await count(who) for who in (None, star, fan)] == [0, 1, 0]


async def test_blocks_mutes_and_domains_are_listed_for_their_owner(api: Api) -> None:
    ann, bob, eve = [await api.person(name) for name in ("ann", "bob", "eve")]
    await do(api, ann, "block", eve)
    await do(api, ann, "mute", bob, duration="600")
    assert [one["id"] for one in (await api.get("/api/v1/blocks", ann)).json] == [eve.id]
    muted = (await api.get("/api/v1/mutes", ann)).json
    assert [one["id"] for one in muted] == [bob.id]
    assert muted[0]["mute_expires_at"].endswith("Z")
    assert problems("Account", muted[0]) == []
    for path in ("/api/v1/blocks", "/api/v1/mutes"):
        assert (await api.get(path, bob)).json == []
        assert (await api.get(path)).status == 401
    for domain in ("one.example", "two.example"):
        assert (await api.post("/api/v1/domain_blocks", ann, domain=domain)).json == {}
    reply = await api.get("/api/v1/domain_blocks", ann, limit=1)
    assert reply.json == ["two.example"]
    following = reply.link("next")
    assert following is not None
    assert (await api.get(following, ann)).json == ["one.example"]
    assert (
        await api.call("DELETE", "/api/v1/domain_blocks", ann, form={"domain": "one.example"})
    ).status == 200
    assert (
        await api.call("DELETE", "/api/v1/domain_blocks", ann, query={"domain": "two.example"})
    ).status == 200
    assert (await api.get("/api/v1/domain_blocks", ann)).json == []
    for method in ("POST", "DELETE"):
        assert (await api.call(method, "/api/v1/domain_blocks", ann, form={"domain": " "})).status == 422


async def test_relationships_come_in_the_order_asked_and_under_both_names(api: Api) -> None:
    ann, bob, eve = [await api.person(name) for name in ("ann", "bob", "eve")]
    asked = [eve.id, bob.id, eve.id]
    found = (await api.get("/api/v1/accounts/relationships", ann, **{"id[]": asked})).json
    assert [one["id"] for one in found] == [eve.id, bob.id]
    found = (await api.get("/api/v1/accounts/relationships", ann, id=bob.id)).json
    assert [one["id"] for one in found] == [bob.id]
    assert (await api.get("/api/v1/accounts/relationships", None, id=bob.id)).status == 401


async def test_familiar_followers_name_the_accounts(api: Api) -> None:
    ann, bob, star = [await api.person(name) for name in ("ann", "bob", "star")]
    await do(api, ann, "follow", bob)
    await do(api, bob, "follow", star)
    found = (await api.get("/api/v1/accounts/familiar_followers", ann, **{"id[]": [star.id]})).json
    assert [(one["id"], [who["id"] for who in one["accounts"]]) for one in found] == [(star.id, [bob.id])]
    as_json = await api.call("GET", "/api/v1/accounts/familiar_followers", ann, json={"id": [star.id]})
    assert as_json.json == found
