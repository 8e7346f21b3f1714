"""Filters over HTTP: what matches, how it is told, and whose filters they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from holdfast.platform.config import Settings
from tests.support.entities import problems
from tests.support.pictures import png, upload
from tests.support.site import Member, Site, open_site

V1, V2 = "/api/v1/filters", "/api/v2/filters"


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    caps = {"filters_max": 3, "filter_keywords_max": 3, "filter_posts_max": 2}
    async with open_site(msgspec.structs.replace(settings, **caps)) as opened:
        yield opened


async def made(who: Member, *keywords: str, **more: Any) -> dict[str, Any]:
    """A filter with these keywords, by JSON."""
    body = {
        "title": "Not now",
        "context": ["home"],
        "keywords_attributes": [{"keyword": keyword} for keyword in keywords],
        **more,
    }
    answer = await who.request("POST", V2, json=body)
    assert answer.status_code == 200, answer.text
    one: dict[str, Any] = answer.json()
    return one


def told(status: dict[str, Any]) -> list[tuple[list[str] | None, list[str] | None]]:
    return [(match["keyword_matches"], match["status_matches"]) for match in status["filtered"]]


async def test_a_filter_has_the_fields_that_strict_clients_decode(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    one = await made(ann, "cats", "dogs", filter_action="blur", context=["thread", "home"], expires_in=600)
    assert problems("FilterV2", one) == []
    assert (one["context"], one["filter_action"], one["statuses"]) == (["home", "thread"], "blur", [])
    assert [(keyword["keyword"], keyword["whole_word"]) for keyword in one["keywords"]] == [
        ("cats", True),
        ("dogs", True),
    ]
    assert one["expires_at"] is not None
    assert await ann.get(V2) == [one] == [await ann.get(f"{V2}/{one['id']}")]
    [_, second] = await ann.get(f"{V2}/{one['id']}/keywords")
    assert await ann.get(f"{V2}/keywords/{second['id']}") == second
    said = await bob.say("I like cats")
    [status] = await ann.get("/api/v1/statuses", **{"id[]": said["id"]})
    [match] = status["filtered"]
    assert match == {
        "filter": {name: one[name] for name in ("id", "title", "context", "expires_at", "filter_action")},
        "keyword_matches": ["cats"],
        "status_matches": None,
    }


async def test_filters_come_by_form_too(site: Site) -> None:
    ann = await site.member("ann")
    form = {
        "title": "Not now", "context[]": ["home", "public"], "expires_in": "",
        "keywords_attributes[0][keyword]": "cats", "keywords_attributes[0][whole_word]": "false",
        "keywords_attributes[1][keyword]": "dogs",
    }  # fmt: skip
    one = await ann.post(V2, **form)
    assert one["context"] == ["home", "public"]
    assert one["expires_at"] is None
    assert [keyword["whole_word"] for keyword in one["keywords"]] == [False, True]


async def test_an_edit_changes_adds_and_takes_keywords_away(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    one = await made(ann, "cats", "dogs", expires_in=600)
    [cats, dogs] = one["keywords"]
    changes = [
        {"id": cats["id"], "keyword": "mice", "whole_word": False},
        {"id": dogs["id"], "_destroy": True},
        {"keyword": "birds"},
    ]
    answer = await ann.request("PUT", f"{V2}/{one['id']}", json={"keywords_attributes": changes})
    assert [(kept["keyword"], kept["whole_word"]) for kept in answer.json()["keywords"]] == [
        ("mice", False), ("birds", True),
    ]  # fmt: skip
    assert answer.json()["expires_at"] == one["expires_at"]
    forever = await ann.request("PUT", f"{V2}/{one['id']}", json={"expires_in": None, "title": "Later"})
    assert (forever.json()["expires_at"], forever.json()["title"]) == (None, "Later")
    other = await made(ann, "frogs")
    stolen = {"keywords_attributes": [{"id": other["keywords"][0]["id"], "keyword": "mine"}]}
    assert (await ann.request("PUT", f"{V2}/{one['id']}", json=stolen)).status_code == 404
    changed = await ann.request("PUT", f"{V2}/keywords/{cats['id']}", data={"keyword": "rats"})
    assert (changed.json()["keyword"], changed.json()["whole_word"]) == ("rats", False)
    added = await ann.post(f"{V2}/{one['id']}/keywords", keyword="bats", whole_word="false")
    assert (await ann.request("DELETE", f"{V2}/keywords/{added['id']}")).json() == {}
    assert [kept["keyword"] for kept in await ann.get(f"{V2}/{one['id']}/keywords")] == ["rats", "birds"]
    for method, path in (
        ("GET", f"{V2}/{one['id']}"), ("PUT", f"{V2}/{one['id']}"), ("DELETE", f"{V2}/{one['id']}"),
        ("GET", f"{V2}/{one['id']}/keywords"), ("POST", f"{V2}/{one['id']}/statuses"),
        ("GET", f"{V2}/keywords/{cats['id']}"), ("DELETE", f"{V2}/keywords/{cats['id']}"),
        ("GET", f"{V1}/{cats['id']}"), ("PUT", f"{V1}/{cats['id']}"), ("DELETE", f"{V1}/{cats['id']}"),
    ):  # fmt: skip
        assert (await bob.request(method, path)).status_code == 404, (method, path)
    assert (await ann.request("DELETE", f"{V2}/{one['id']}")).json() == {}
    assert [kept["id"] for kept in await ann.get(V2)] == [other["id"]]


async def test_wrong_filters_are_refused_with_the_reason(site: Site) -> None:
    ann = await site.member("ann")
    good = {"title": "x", "context": ["home"]}
    for wrong, field in (
        ({"title": " "}, "title"), ({"context": []}, "context"), ({"context": ["hoem"]}, "context"),
        ({"filter_action": "explode"}, "filter_action"), ({"expires_in": -1}, "expires_in"),
        ({"expires_in": "soon"}, "expires_in"), ({"expires_in": 10**30}, "expires_in"),
        ({"keywords_attributes": [{"keyword": " "}]}, "keyword"), ({"title": "x" * 257}, "title"),
        ({"keywords_attributes": [{"keyword": "x" * 513}]}, "keyword"),
    ):  # fmt: skip
        answer = await ann.request("POST", V2, json={**good, **wrong})
        assert answer.status_code == 422, (wrong, answer.text)
        assert list(answer.json().get("details", {field: 0})) == [field]
    assert await ann.get(V2) == []


async def test_every_part_of_a_status_that_is_read_is_looked_at(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await made(ann, "cats")
    assert told(await _seen(ann, await bob.say("nothing here"))) == []
    assert told(await _seen(ann, await bob.say("About CATS!"))) == [(["cats"], None)]
    assert told(await _seen(ann, await bob.say("concatsenate"))) == []
    assert told(await _seen(ann, await bob.say("what?", spoiler_text="cats"))) == [(["cats"], None)]
    poll = {"poll[options][]": ["dogs", "cats"], "poll[expires_in]": "600"}
    assert told(await _seen(ann, await bob.say("which?", **poll))) == [(["cats"], None)]
    media = await upload(bob, png(), description="Two cats on a wall")
    assert told(await _seen(ann, await bob.say("look", **{"media_ids[]": media["id"]}))) == [(["cats"], None)]
    assert told(await _seen(ann, await bob.say("#cats"))) == [(["cats"], None)]
    assert (await _seen(bob, await bob.say("cats"))).get("filtered") == []


async def _seen(who: Member, status: dict[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = await who.get(f"/api/v1/statuses/{status['id']}")
    return seen


async def test_every_surface_tells_what_matches(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    for other in (bob, cat):
        await ann.post(f"/api/v1/accounts/{other.id}/follow")
    await made(ann, "cats", filter_action="hide")
    mine = await ann.say("my question")
    said = await bob.say("@ann cats", in_reply_to_id=mine["id"])
    await cat.post(f"/api/v1/statuses/{said['id']}/reblog")
    await site.settle()
    expected = [(["cats"], None)]
    [boost] = [row for row in await ann.get("/api/v1/timelines/home") if row["reblog"]]
    assert told(boost) == told(boost["reblog"]) == expected
    for path in (f"/api/v1/accounts/{bob.id}/statuses", f"/api/v1/accounts/{cat.id}/statuses"):
        assert told((await ann.get(path))[0]) == expected, path
    context = await ann.get(f"/api/v1/statuses/{mine['id']}/context")
    assert told(context["descendants"][0]) == expected
    mention = next(row for row in await ann.get("/api/v1/notifications") if row["type"] == "mention")
    assert told(mention["status"]) == expected
    found = await ann.get("/api/v2/search", q="cats", type="statuses")
    assert [told(row) for row in found["statuses"]] == [expected]
    assert told((await ann.get("/api/v1/timelines/public"))[0]) in (expected, [])
    # Nobody else is told, and who has no token has no filters.
    assert told(await _seen(cat, said)) == []
    anonymous = await site.client.get(f"/api/v1/statuses/{said['id']}")
    assert "filtered" not in anonymous.json()


async def test_a_change_of_filters_shows_at_the_next_read_and_an_expired_one_matches_nothing(
    site: Site,
) -> None:
    ann, bob = await site.members("ann", "bob")
    said = await bob.say("cats and dogs")
    assert told(await _seen(ann, said)) == []
    one = await made(ann, "cats")
    assert told(await _seen(ann, said)) == [(["cats"], None)]
    await ann.post(f"{V2}/{one['id']}/keywords", keyword="dogs")
    assert told(await _seen(ann, said)) == [(["cats", "dogs"], None)]
    await ann.request("PUT", f"{V2}/{one['id']}", data={"expires_in": "0"})
    assert told(await _seen(ann, said)) == []
    assert len(await ann.get(V2)) == 1
    await ann.request("PUT", f"{V2}/{one['id']}", data={"expires_in": ""})
    assert told(await _seen(ann, said)) == [(["cats", "dogs"], None)]
    edited = await bob.request("PUT", f"/api/v1/statuses/{said['id']}", data={"status": "mice"})
    assert edited.status_code == 200
    assert told(await _seen(ann, said)) == []


async def test_a_filter_names_single_statuses_that_its_owner_sees(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    one = await made(ann)
    said, secret = await bob.say("hello"), await bob.say("secret", visibility="private")
    path = f"{V2}/{one['id']}/statuses"
    assert (await ann.request("POST", path, data={"status_id": secret["id"]})).status_code == 404
    assert (await ann.request("POST", path, data={"status_id": "12"})).status_code == 404
    named = await ann.post(path, status_id=said["id"])
    assert named == {"id": named["id"], "status_id": said["id"]}
    assert await ann.post(path, status_id=said["id"]) == named
    assert await ann.get(path) == [named] == [await ann.get(f"{V2}/statuses/{named['id']}")]
    assert told(await _seen(ann, said)) == [(None, [said["id"]])]
    await ann.post(f"/api/v1/accounts/{cat.id}/follow")
    await cat.post(f"/api/v1/statuses/{said['id']}/reblog")
    [boost] = await ann.get("/api/v1/timelines/home")
    assert told(boost) == [(None, [said["id"]])]
    for method in ("GET", "DELETE"):
        assert (await bob.request(method, f"{V2}/statuses/{named['id']}")).status_code == 404
    assert (await ann.request("DELETE", f"{V2}/statuses/{named['id']}")).json() == {}
    assert told(await _seen(ann, said)) == []


async def test_a_filter_of_the_first_version_is_one_keyword(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    one = await ann.post(V1, phrase="cats", **{"context[]": "home"}, irreversible="true")
    assert problems("Filter", one) == []
    assert (one["phrase"], one["whole_word"], one["irreversible"], one["context"]) == (
        "cats", False, True, ["home"],
    )  # fmt: skip
    [whole] = await ann.get(V2)
    assert (whole["title"], whole["filter_action"]) == ("cats", "hide")
    assert told(await _seen(ann, await bob.say("concatsenate"))) == [(["cats"], None)]
    changed = await ann.request(
        "PUT",
        f"{V1}/{one['id']}",
        data={"phrase": "dogs", "context[]": ["home", "thread"], "whole_word": "1"},
    )
    assert changed.json() == {**one, "phrase": "dogs", "context": ["home", "thread"], "whole_word": True}
    await ann.post(f"{V2}/{whole['id']}/keywords", keyword="mice")
    assert [row["phrase"] for row in await ann.get(V1)] == ["dogs", "mice"]
    several = await ann.request("PUT", f"{V1}/{one['id']}", data={"phrase": "rats", "context[]": "public"})
    assert several.status_code == 422
    alone = await ann.request("PUT", f"{V1}/{one['id']}", data={"phrase": "rats"})
    assert alone.json()["phrase"] == "rats"
    assert (await ann.request("DELETE", f"{V1}/{one['id']}")).json() == {}
    assert [row["phrase"] for row in await ann.get(V1)] == ["mice"]
    assert (await ann.request("POST", V1, data={"context[]": "home"})).status_code == 422


async def test_cve_2026_23962_filters_have_caps(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    one = await made(ann, "a", "b", "c")
    refused = await ann.request("POST", f"{V2}/{one['id']}/keywords", data={"keyword": "d"})
    assert refused.status_code == 422
    many = {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": str(n)} for n in range(4)]}
    assert (await ann.request("POST", V2, json=many)).status_code == 422
    said = [await bob.say(f"post {number}") for number in range(3)]
    codes = [
        (await ann.request("POST", f"{V2}/{one['id']}/statuses", data={"status_id": post["id"]})).status_code
        for post in said
    ]
    assert codes == [200, 200, 422]
    for _ in range(2):
        await made(ann)
    assert (await ann.request("POST", V2, json={"title": "x", "context": ["home"]})).status_code == 422
    assert [len(row["keywords"]) for row in await ann.get(V2)] == [3, 0, 0]
