"""Mastodon.py: signs in with PKCE, calls everything, and every answer has the types that it declares."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import mastodon.return_types
import pytest
import requests
from mastodon import (
    Mastodon,
    MastodonAPIError,
    MastodonIllegalArgumentError,
    MastodonNotFoundError,
    MastodonUnauthorizedError,
)

from tests.conformance.strict_types import differences
from tests.support.whole_server import WholeServer, approve, shown_code

pytestmark = pytest.mark.conformance

SCOPES = ["read", "write", "follow", "push"]


_DECLARED = {"notifications": list[mastodon.return_types.Notification]}


class Listening(requests.Session):
    """Remembers the JSON of the last answer, as it was before the library read it."""

    last: Any = None

    def request(self, *args: Any, **options: Any) -> requests.Response:
        answer = super().request(*args, **options)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        self.last = answer.json() if is_json else answer.text
        return answer


class Strict:
    """The library, with every result held to its declaration."""

    def __init__(self, api: Mastodon, session: Listening) -> None:
        self.api, self._session = api, session

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.api, name)
        declared = typing.get_type_hints(
            getattr(Mastodon, name), {**vars(mastodon.return_types), **vars(typing)}
        )["return"]
        # With an id it gives one and without many, but it declares only one of them.
        declared = _DECLARED.get(name, declared)

        def call(*args: Any, **options: Any) -> Any:
            result = method(*args, **options)
            found = sorted(set(differences(self._session.last, declared, name)))
            assert not found, "\n".join(found)
            return result

        return call


def connect(server: WholeServer, **options: Any) -> Strict:
    session = Listening()
    api = Mastodon(
        api_base_url=server.url, ratelimit_method="throw", session=session, version_check_mode="created", **options
    )  # fmt: skip
    return Strict(api, session)


@pytest.fixture(scope="module")
def app(server: WholeServer) -> tuple[str, str]:
    made = Mastodon.create_app(
        "Strict client", scopes=SCOPES, api_base_url=server.url, website="https://client.example"
    )
    return made


@pytest.fixture(scope="module")
def ann(server: WholeServer, app: tuple[str, str]) -> Strict:
    return connect(server, access_token=server.token("ann"))


@pytest.fixture(scope="module")
def bob(server: WholeServer) -> Strict:
    return connect(server, access_token=server.token("bob"))


@pytest.fixture(scope="module")
def carla(server: WholeServer) -> Strict:
    return connect(server, access_token=server.token("carla"))


def test_it_signs_in_with_a_code(server: WholeServer, app: tuple[str, str]) -> None:
    strict = connect(server, client_id=app[0], client_secret=app[1])
    url = strict.api.auth_request_url(scopes=SCOPES, allow_http=True)
    code = shown_code(approve(url, "ann"))
    strict.api.log_in(code=code, scopes=SCOPES, allow_http=True)
    assert strict.account_verify_credentials()["acct"] == "ann"
    assert strict.app_verify_credentials()["name"] == "Strict client"
    with pytest.raises(MastodonIllegalArgumentError):  # a code is good once
        strict.api.log_in(code=code, scopes=SCOPES, allow_http=True)


def test_a_revoked_token_ends_at_once(server: WholeServer, app: tuple[str, str]) -> None:
    strict = connect(server, client_id=app[0], client_secret=app[1])
    code = shown_code(approve(strict.api.auth_request_url(scopes=SCOPES, allow_http=True), "ann"))
    token = strict.api.log_in(code=code, scopes=SCOPES, allow_http=True)
    strict.api.revoke_access_token(allow_http=True)
    with pytest.raises(MastodonUnauthorizedError):
        connect(server, access_token=token).account_verify_credentials()


def test_a_code_with_pkce_needs_its_verifier(server: WholeServer, app: tuple[str, str]) -> None:
    """The library has no PKCE of its own, so what it would send is completed here."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
    url = connect(server, client_id=app[0], client_secret=app[1]).api.auth_request_url(
        scopes=SCOPES, allow_http=True
    )
    url += f"&code_challenge={challenge}&code_challenge_method=S256"
    token = ""
    for given, status in (("x" * 43, 400), (None, 400), (verifier, 200)):
        form = {
            "grant_type": "authorization_code", "code": shown_code(approve(url, "ann")), "client_id": app[0],
            "client_secret": app[1], "redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "code_verifier": given,
        }  # fmt: skip
        answer = requests.post(f"{server.url}/oauth/token", data=form, timeout=10)
        assert answer.status_code == status, (given, answer.text)
        token = answer.json().get("access_token", "")
    strict = connect(server, access_token=token)
    assert strict.account_verify_credentials()["acct"] == "ann"


def test_it_signs_in_with_an_address_of_its_own_and_the_state_comes_back(server: WholeServer) -> None:
    address = "https://client.example/back?kept=1"
    client_id, secret = Mastodon.create_app(
        "Web client", scopes=["read"], redirect_uris=address, api_base_url=server.url
    )
    strict = connect(server, client_id=client_id, client_secret=secret)
    url = strict.api.auth_request_url(scopes=["read"], redirect_uris=address, state="st&te", allow_http=True)
    answer = approve(url, "ann")
    assert answer.status_code == 303
    back = urlsplit(answer.headers["location"])
    given = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert (back.netloc, given["kept"], given["state"]) == ("client.example", "1", "st&te")
    strict.api.log_in(code=given["code"], scopes=["read"], redirect_uri=address, allow_http=True)
    assert strict.account_verify_credentials()["acct"] == "ann"
    with pytest.raises(MastodonAPIError, match="outside the authorized scopes"):
        strict.status_post("read only")
    refused = parse_qs(urlsplit(approve(url, "ann", decision="deny").headers["location"]).query)
    assert refused["error"] == ["access_denied"]


def test_the_server_describes_itself(ann: Strict, server: WholeServer) -> None:
    assert ann.instance_v2()["domain"] == f"localhost:{server.port}"
    assert ann.instance_v1()["uri"] == f"localhost:{server.port}"
    assert ann.api.instance_health() is True
    assert ann.instance_nodeinfo()["software"]["name"] == "holdfast"
    for name in ("instance_activity", "instance_peers", "instance_rules", "instance_extended_description",
                 "instance_languages", "instance_translation_languages", "custom_emojis",
                 "announcements", "directory"):  # fmt: skip
        getattr(ann, name)()
    with pytest.raises(MastodonNotFoundError):  # published where the operator says so
        ann.instance_domain_blocks()
    assert ann.oauth_authorization_server_info()["code_challenge_methods_supported"] == ["S256"]
    # The library wants https for this one; what it would get is checked all the same.
    bearer = {"authorization": f"Bearer {ann.api.access_token}"}
    told = requests.get(f"{server.url}/oauth/userinfo", headers=bearer, timeout=10).json()
    assert differences(told, mastodon.return_types.OAuthUserInfo, "userinfo") == []
    assert told["preferred_username"] == "ann"
    assert ann.preferences()["posting:default:visibility"] == "public"


def test_accounts(ann: Strict, bob: Strict, carla: Strict) -> None:
    me, them = ann.account_verify_credentials(), bob.me()
    fields = [("Boat", "https://boat.example"), ("Port", "North")]
    edited = ann.account_update_credentials(
        display_name="Ann",
        note="Hello #town and @bob",
        fields=fields,
        bot=False,
        discoverable=True,
        locked=False,
    )
    assert [field["name"] for field in edited["source"]["fields"]] == ["Boat", "Port"]
    assert 'rel="' in edited["fields"][0]["value"]
    assert ann.account_lookup("bob")["id"] == them["id"]
    assert ann.account(them["id"])["acct"] == "bob"
    assert [row["acct"] for row in ann.account_search("bo")] == ["bob"]
    assert len(ann.accounts([me["id"], them["id"]])) == 2
    assert ann.account_follow(them["id"], reblogs=False, notify=True)["notifying"] is True
    assert ann.account_relationships([them["id"]])[0]["following"] is True
    assert "ann" in [row["acct"] for row in bob.account_followers(them["id"])]
    assert "bob" in [row["acct"] for row in ann.account_following(me["id"])]
    assert ann.account_mute(them["id"], duration=3600)["muting"] is True
    assert [row["acct"] for row in ann.mutes()] == ["bob"]
    assert ann.account_unmute(them["id"])["muting"] is False
    assert ann.account_note_set(them["id"], "met at sea")["note"] == "met at sea"
    assert ann.account_unfollow(them["id"])["following"] is False
    assert ann.account_block(them["id"])["blocking"] is True
    assert [row["acct"] for row in ann.blocks()] == ["bob"]
    assert ann.account_unblock(them["id"])["blocking"] is False
    carla.account_update_credentials(locked=True)
    assert ann.account_follow(carla.me()["id"])["requested"] is True
    assert [row["acct"] for row in carla.follow_requests()] == ["ann"]
    assert carla.follow_request_authorize(me["id"])["followed_by"] is True
    bob.account_follow(carla.me()["id"])
    assert carla.follow_request_reject(them["id"])["followed_by"] is False
    assert carla.account_remove_from_followers(me["id"])["followed_by"] is False
    carla.account_update_credentials(locked=False)
    ann.domain_block("bad.example")
    assert list(ann.domain_blocks()) == ["bad.example"]
    ann.domain_unblock("bad.example")
    for name in ("account_lists", "account_featured_tags", "account_familiar_followers"):
        getattr(ann, name)(them["id"])


def test_statuses(ann: Strict, bob: Strict) -> None:
    post = ann.status_post(
        "Hello @bob, see https://example.org/a/long/path?x=1 #harbour", visibility="public", language="en",
        spoiler_text="greeting", sensitive=True, idempotency_key="k1",
    )  # fmt: skip
    assert ann.status_post("Hello again", idempotency_key="k1")["id"] == post["id"]
    reply = bob.status_reply(post, "hello back")
    assert reply["in_reply_to_id"] == post["id"]
    context = ann.status_context(post["id"])
    assert [row["id"] for row in context["descendants"]] == [reply["id"]]
    assert ann.status(reply["id"])["mentions"][0]["acct"] == "ann"
    assert len(ann.statuses([post["id"], reply["id"]])) == 2
    edited = ann.status_update(post["id"], "Hello, edited", spoiler_text="still greeting")
    assert edited["edited_at"] is not None
    assert len(ann.status_history(post["id"])) == 2
    assert ann.status_source(post["id"])["text"] == "Hello, edited"
    for verb, undo, field in (
        ("status_favourite", "status_unfavourite", "favourited"),
        ("status_bookmark", "status_unbookmark", "bookmarked"),
        ("status_mute", "status_unmute", "muted"),
    ):
        assert getattr(bob, verb)(post["id"])[field] is True
        if field == "favourited":
            assert [row["acct"] for row in ann.status_favourited_by(post["id"])] == ["bob"]
            assert [row["id"] for row in bob.favourites()] == [post["id"]]
        if field == "bookmarked":
            assert [row["id"] for row in bob.bookmarks()] == [post["id"]]
        assert getattr(bob, undo)(post["id"])[field] is False
    assert ann.status_pin(post["id"])["pinned"] is True
    assert [row["id"] for row in bob.account_statuses(ann.me()["id"], pinned=True)] == [post["id"]]
    assert ann.status_unpin(post["id"])["pinned"] is False
    assert bob.status_reblog(post["id"], visibility="unlisted")["reblog"]["id"] == post["id"]
    assert [row["acct"] for row in ann.status_reblogged_by(post["id"])] == ["bob"]
    assert bob.status_unreblog(post["id"])["reblogged"] is False
    gone = ann.status_post("gone soon")
    assert ann.status_delete(gone["id"])["text"] == "gone soon"
    with pytest.raises(MastodonNotFoundError):
        bob.status(gone["id"])
    assert list(ann.scheduled_statuses()) == []


def test_polls(ann: Strict, bob: Strict) -> None:
    poll = ann.api.make_poll(["tea", "coffee"], expires_in=3600, multiple=True, hide_totals=True)
    post = ann.status_post("which?", poll=poll)
    assert bob.status(post["id"])["poll"]["options"][0]["votes_count"] is None
    assert bob.poll_vote(post["poll"]["id"], [0, 1])["own_votes"] == [0, 1]
    assert bob.poll(post["poll"]["id"])["voted"] is True


def test_timelines_page_there_and_back(ann: Strict) -> None:
    ids = [ann.status_post(f"number {number} #counted")["id"] for number in range(12)]
    first = ann.timeline_hashtag("counted", limit=5)
    assert [row["id"] for row in first] == ids[:-6:-1]
    second: Any = ann.api.fetch_next(first)
    assert [row["id"] for row in second] == ids[6:1:-1]
    back: Any = ann.api.fetch_previous(second)
    assert [row["id"] for row in back] == [row["id"] for row in first]
    whole: Any = ann.api.fetch_remaining(first)
    assert [row["id"] for row in whole] == ids[::-1]
    for name in ("timeline_home", "timeline_public", "timeline_local"):
        assert ids[-1] in {row["id"] for row in getattr(ann, name)()}
    assert [row["id"] for row in ann.account_statuses(ann.me()["id"], limit=2)] == ids[:-3:-1]
    home = ann.timeline_home(min_id=ids[0], limit=3)
    assert [row["id"] for row in home] == ids[3:0:-1]
    assert [row["id"] for row in ann.timeline_home(since_id=ids[10])] == [ids[11]]


def test_notifications_and_markers(ann: Strict, bob: Strict, carla: Strict) -> None:
    post = carla.status_post("notify me")
    bob.status_favourite(post["id"])
    bob.status_reblog(post["id"])
    bob.status_reply(post, "ping")
    wanted = {"favourite", "reblog", "mention"}
    found: list[Any] = []
    for _ in range(200):  # the worker tells a moment later; every look asks the server
        found = carla.notifications()
        if wanted <= {row["type"] for row in found}:
            break
    assert wanted <= {row["type"] for row in found}
    assert carla.api.notifications(id=found[0]["id"])["id"] == found[0]["id"]
    assert [row["type"] for row in carla.notifications(types=["mention"])] == ["mention"]
    assert carla.notifications_unread_count()["count"] == len(found)
    assert (
        carla.markers_set("notifications", found[0]["id"])["notifications"]["last_read_id"] == found[0]["id"]
    )
    assert carla.markers_get(["notifications"])["notifications"]["version"] >= 0
    assert carla.notifications_unread_count()["count"] == 0
    carla.notifications_dismiss(found[0]["id"])
    carla.notifications_clear()
    assert list(carla.notifications()) == []


def test_search(ann: Strict) -> None:
    ann.status_post("something findable about lanterns #lanterns")
    assert ann.search_v2("bob", result_type="accounts")["accounts"][0]["acct"] == "bob"
    found: list[Any] = []
    for _ in range(200):
        found = ann.search_v2("findable lanterns", result_type="statuses")["statuses"]
        if found:
            break
    assert len(found) == 1
    assert ann.search_v2("lanterns", result_type="hashtags")["hashtags"][0]["name"] == "lanterns"
    by_address = ann.search_v2(found[0]["url"], resolve=True)["statuses"]
    assert [row["id"] for row in by_address] == [found[0]["id"]]
    assert ann.tag("lanterns")["name"] == "lanterns"


def test_what_there_is_none_of_yet_is_an_empty_list(ann: Strict) -> None:
    for name in ("lists", "filters", "filters_v2", "conversations", "endorsements", "featured_tags", "followed_tags",
                 "suggestions_v2", "trending_tags", "trending_statuses", "trending_links"):  # fmt: skip
        assert list(getattr(ann, name)()) == [], name
