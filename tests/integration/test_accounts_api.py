"""Accounts over the API: shapes that strict clients take, and nothing shown that is hidden."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from holdfast.platform.config import Settings
from holdfast.social.accounts import suspend_account
from tests.support.api import Api, open_api
from tests.support.entities import problems
from tests.support.site import Member

pytestmark = pytest.mark.integration
NOT_FOUND = {"error": "Record not found"}


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    async with open_api(settings) as api:
        yield api


async def suspend(api: Api, person: Member) -> None:
    async with api.services.database.transaction() as tx:
        await suspend_account(tx, person.account_id, now=api.now)


async def edit(api: Api, who: Member, **sent: Any) -> Any:
    reply = await api.call("PATCH", "/api/v1/accounts/update_credentials", who, **sent)
    assert reply.status == 200, reply.body
    return reply.json


async def test_an_account_has_everything_that_strict_clients_decode(api: Api) -> None:
    ann = await api.person("ann")
    reply = await api.get(f"/api/v1/accounts/{ann.id}")
    account = reply.json
    assert problems("Account", account) == []
    assert account["id"] == ann.id
    assert account["acct"] == account["username"] == "ann"
    assert account["avatar"].startswith(api.services.base_url + "/avatars/")
    assert account["created_at"].endswith("Z")
    assert len(account["created_at"]) == len("2026-01-31T12:00:00.000Z")
    assert account["roles"] == []
    assert "source" not in account
    assert "email" not in reply.body.decode()


async def test_credentials_add_what_only_the_owner_sees(api: Api) -> None:
    boss = await api.person("boss", role="owner")
    mine = (await api.get("/api/v1/accounts/verify_credentials", boss)).json
    assert problems("Account", mine) == []
    assert problems("CredentialAccountSource", mine["source"]) == []
    assert problems("Role", mine["role"]) == []
    assert (mine["role"]["name"], mine["roles"]) == ("Owner", [{"id": "3", "name": "Owner", "color": ""}])
    ann = await api.person("ann", scopes="profile")
    assert (await api.get("/api/v1/accounts/verify_credentials", ann)).json["role"]["name"] == ""
    assert (await api.get("/api/v1/accounts/verify_credentials")).status == 401
    assert (await api.get("/api/v1/preferences", ann)).status == 403


async def test_hidden_missing_and_malformed_accounts_look_the_same_everywhere(api: Api) -> None:
    ann, gone = await api.person("ann"), await api.person("gone")
    await api.post(f"/api/v1/accounts/{gone.id}/follow", ann)
    await suspend(api, gone)
    assert (await api.get("/api/v1/accounts/verify_credentials", gone)).status == 401
    never = str(int(gone.id) ^ 1)
    reads = ("", "/followers", "/following", "/lists", "/featured_tags", "/endorsements", "/identity_proofs")
    commands = (
        "/follow", "/unfollow", "/remove_from_followers", "/block", "/unblock", "/mute", "/unmute", "/note",
    )  # fmt: skip
    for public_id in (gone.id, never, "1", "abc", "-5", "9" * 60):
        for path in reads:
            reply = await api.get(f"/api/v1/accounts/{public_id}{path}", ann)
            assert (reply.status, reply.json) == (404, NOT_FOUND), path
        for path in commands:
            reply = await api.post(f"/api/v1/accounts/{public_id}{path}", ann)
            assert (reply.status, reply.json) == (404, NOT_FOUND), path
        for answer in ("authorize", "reject"):
            reply = await api.post(f"/api/v1/follow_requests/{public_id}/{answer}", ann)
            assert (reply.status, reply.json) == (404, NOT_FOUND)
        assert (await api.get(f"/avatars/{public_id}.png")).status == 404
        many = await api.get("/api/v1/accounts", None, **{"id[]": [public_id, ann.id]})
        assert [one["id"] for one in many.json] == [ann.id]
        between = await api.get("/api/v1/accounts/relationships", ann, id=public_id, with_suspended="true")
        assert between.json == []
    assert (await api.get("/api/v1/accounts/lookup", None, acct="gone")).json == NOT_FOUND
    assert (await api.get("/api/v1/accounts/search", ann, q="gone")).json == []
    assert (await api.get(f"/api/v1/accounts/{ann.id}/following", ann)).json == []


async def test_lookup_takes_every_spelling_of_a_handle(api: Api) -> None:
    ann = await api.person("Ann_1")
    domain = api.services.settings.domain
    for handle in ("Ann_1", "@ann_1", f"ann_1@{domain}", f"@ANN_1@{domain.upper()}"):
        assert (await api.get("/api/v1/accounts/lookup", None, acct=handle)).json["id"] == ann.id
    for handle in ("", "nobody", "ann_1@elsewhere.example", "@"):
        reply = await api.get("/api/v1/accounts/lookup", None, acct=handle)
        assert (reply.status, reply.json) == (404, NOT_FOUND)


async def test_search_finds_by_beginning_and_only_the_followed_when_asked(api: Api) -> None:
    ann, bob, bobby = [await api.person(name) for name in ("ann", "bob", "bobby")]
    await api.post(f"/api/v1/accounts/{bobby.id}/follow", ann)
    found = (await api.get("/api/v1/accounts/search", ann, q="@BOB")).json
    assert [one["id"] for one in found] == [bob.id, bobby.id]
    found = (await api.get("/api/v1/accounts/search", ann, q="bob", following="true")).json
    assert [one["id"] for one in found] == [bobby.id]
    found = (await api.get("/api/v1/accounts/search", ann, q="bob", limit=1, offset=1)).json
    assert [one["id"] for one in found] == [bobby.id]
    for words in ("", "%", "_ob", "bob@elsewhere.example"):
        assert (await api.get("/api/v1/accounts/search", ann, q=words)).json == []
    assert (await api.get("/api/v1/accounts/search", None, q="bob")).status == 401


async def test_profile_edits_arrive_as_form_multipart_and_json(api: Api) -> None:
    ann = await api.person("ann")
    mine = await edit(
        api, ann, form={
            "display_name": "  Ann\n of  Oslo ", "note": "See https://example.org and #Skiing\n\n<b>not bold</b>",
            "fields_attributes[1][name]": "Second", "fields_attributes[1][value]": "2",
            "fields_attributes[0][name]": "Site", "fields_attributes[0][value]": "https://example.org/me",
            "fields_attributes[2][name]": "", "fields_attributes[2][value]": "",
            "locked": "true", "bot": "1", "source[privacy]": "private", "source[sensitive]": "on",
            "source[language]": "nb",
        },
    )  # fmt: skip
    assert mine["display_name"] == "Ann of Oslo"
    assert (mine["locked"], mine["bot"]) == (True, True)
    assert '<a href="https://example.org" rel=' in mine["note"]
    assert "&lt;b&gt;not bold&lt;/b&gt;" in mine["note"]
    assert "/tags/skiing" in mine["note"]
    assert [field["name"] for field in mine["fields"]] == ["Site", "Second"]
    assert 'rel="me nofollow' in mine["fields"][0]["value"]
    source = mine["source"]
    assert (source["privacy"], source["sensitive"], source["language"]) == ("private", True, "nb")
    assert source["fields"][0]["value"] == "https://example.org/me"
    chosen = (await api.get("/api/v1/preferences", ann)).json
    assert chosen["posting:default:visibility"] == "private"
    assert chosen["posting:default:language"] == "nb"

    mine = await edit(api, ann, form={"display_name": "A", "bot": "false"}, files={"avatar": b""})
    assert (mine["display_name"], mine["bot"], mine["locked"]) == ("A", False, True)
    mine = await edit(
        api, ann, json={"fields_attributes": [{"name": "n", "value": "v"}], "source": {"language": None},
                        "discoverable": False, "indexable": False, "hide_collections": True, "note": None},
    )  # fmt: skip
    assert [(field["name"], field["value"]) for field in mine["fields"]] == [("n", "v")]
    assert (mine["discoverable"], mine["indexable"], mine["noindex"], mine["hide_collections"]) == (
        False, False, True, True,
    )  # fmt: skip
    assert mine["source"]["language"] is None
    assert mine["source"]["note"].startswith("See ")
    assert (await edit(api, ann, form={"display_name": "", "fields_attributes[0][name]": ""}))[
        "display_name"
    ] == ""
    shown = (await api.get(f"/api/v1/accounts/{ann.id}")).json
    assert (shown["display_name"], shown["fields"]) == ("", [])


WRONG_PROFILES: list[tuple[dict[str, Any], str]] = [
    ({"form": {"display_name": "x" * 31}}, "display_name"),
    ({"form": {"note": "x" * 501}}, "note"),
    ({"json": {"fields_attributes": [{"name": "n", "value": "v"}] * 5}}, "fields"),
    ({"json": {"fields_attributes": [{"name": "", "value": "v"}]}}, "fields"),
    ({"form": {"source[privacy]": "secret"}}, "source[privacy]"),
    ({"form": {"source[language]": "klingon!"}}, "source[language]"),
    ({"form": {"display_name": "x"}, "files": {"avatar": b"\x89PNG"}}, "avatar"),
    ({"form": {"display_name": "x", "header": "data:image/png;base64,AAAA"}}, "header"),
]


async def test_a_wrong_profile_names_the_field_and_changes_nothing(api: Api) -> None:
    ann = await api.person("ann")
    before = (await api.get("/api/v1/accounts/verify_credentials", ann)).json
    for sent, field in WRONG_PROFILES:
        for path in ("/api/v1/accounts/update_credentials", "/api/v1/profile"):
            reply = await api.call("PATCH", path, ann, **sent)
            assert reply.status == 422
            assert list(reply.json["details"]) == [field]
    assert (await api.get("/api/v1/accounts/verify_credentials", ann)).json == before


async def test_the_profile_route_shows_the_source_and_deleting_pictures_is_harmless(api: Api) -> None:
    ann = await api.person("ann")
    reply = await api.call("PATCH", "/api/v1/profile", ann, json={"note": "plain #text", "locked": True})
    assert (reply.json["note"], reply.json["locked"], reply.json["avatar"]) == ("plain #text", True, None)
    assert (await api.get("/api/v1/profile", ann)).json == reply.json
    for which in ("avatar", "header"):
        reply = await api.call("DELETE", f"/api/v1/profile/{which}", ann)
        assert reply.status == 200
        assert reply.json["source"]["note"] == "plain #text"


async def test_a_profile_says_what_it_shows_and_who_may_name_its_owner(api: Api) -> None:
    ann = await api.person("ann")
    given = {
        "show_media": False,
        "show_media_replies": False,
        "show_featured": False,
        "attribution_domains": ["Example.com", "bücher.example", "example.com"],
    }
    reply = await api.call("PATCH", "/api/v1/profile", ann, json=given)
    kept = ["example.com", "xn--bcher-kva.example"]
    assert {name: reply.json[name] for name in given} == {**given, "attribution_domains": kept}
    account = (await api.get(f"/api/v1/accounts/{ann.id}")).json
    assert [account[name] for name in ("show_media", "show_media_replies", "show_featured")] == [False] * 3
    own = (await api.get("/api/v1/accounts/verify_credentials", ann)).json
    assert own["source"]["attribution_domains"] == kept
    for wrong in (
        ["no domain"],
        ["localhost"],
        ["a b.example"],
        [f"site{number}.example" for number in range(11)],
    ):
        refused = await api.call("PATCH", "/api/v1/profile", ann, json={"attribution_domains": wrong})
        assert refused.status == 422
        assert "attribution_domains" in refused.json["details"]


async def test_pictures_are_drawn_once_and_kept_by_browsers(api: Api) -> None:
    ann = await api.person("ann")
    account = (await api.get(f"/api/v1/accounts/{ann.id}")).json
    for address in (account["avatar"], account["header"]):
        path = address.removeprefix(api.services.base_url)
        reply = await api.get(path)
        assert reply.status == 200
        assert reply.headers["content-type"] == "image/png"
        assert reply.body.startswith(b"\x89PNG")
        assert "immutable" in reply.headers["cache-control"]
        again = await api.call("GET", path, headers={"if-none-match": reply.headers["etag"]})
        assert (again.status, again.body) == (304, b"")
    assert (await api.get(f"/avatars/{ann.id}.gif")).status == 404


async def test_too_many_ids_are_refused(api: Api) -> None:
    ann = await api.person("ann")
    reply = await api.get("/api/v1/accounts", None, **{"id[]": [ann.id] * 41})
    assert reply.status == 422
    assert "40" in reply.json["error"]
    assert len((await api.get("/api/v1/accounts", None, **{"id[]": [ann.id] * 40})).json) == 1
    assert (await api.get("/api/v1/accounts")).json == []


async def test_an_edit_is_seen_by_everybody_at_once(api: Api) -> None:
    ann, bob = await api.person("ann"), await api.person("bob")
    await api.get(f"/api/v1/accounts/{ann.id}", bob)
    await edit(api, ann, form={"display_name": "New"})
    assert (await api.get(f"/api/v1/accounts/{ann.id}", bob)).json["display_name"] == "New"
    await api.post(f"/api/v1/accounts/{ann.id}/follow", bob)
    assert (await api.get(f"/api/v1/accounts/{ann.id}")).json["followers_count"] == 1
    assert (await api.get("/api/v1/accounts/verify_credentials", bob)).json["following_count"] == 1
