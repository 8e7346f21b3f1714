"""OAuth as apps speak it: every grant, every way to send parameters, every refusal."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from holdfast.platform.config import Settings
from holdfast.social.tokens import SCOPES
from tests.support.browser import PASSWORD, Town, open_town, text_between

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT = "https://app.example/callback?from=holdfast"
OOB = "urn:ietf:wg:oauth:2.0:oob"


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with open_town(settings) as town:
        yield town


async def register(
    client: httpx2.AsyncClient, redirect: str = REDIRECT, scopes: str = "read write"
) -> dict[str, Any]:
    form = {
        "client_name": "Ivory",
        "redirect_uris": redirect,
        "scopes": scopes,
        "website": "https://app.example",
    }
    answer = await client.post("/api/v1/apps", data=form)
    assert answer.status_code == 200, answer.text
    app: dict[str, Any] = answer.json()
    return app


def ask_path(app: dict[str, Any], **changes: str) -> str:
    query = {
        "client_id": app["client_id"], "redirect_uri": app["redirect_uri"], "response_type": "code",
        "scope": "read write", "state": "st&te", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        **changes,
    }  # fmt: skip
    return "/oauth/authorize?" + urlencode({name: value for name, value in query.items() if value})


def sent_back(answer: httpx2.Response) -> dict[str, str]:
    """What the app is told at its address."""
    assert answer.status_code == 303, answer.text
    location = answer.headers["location"]
    assert location.startswith(REDIRECT.partition("?")[0]), location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def exchange(app: dict[str, Any], code: str, /, **changes: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code", "client_id": app["client_id"], "client_secret": app["client_secret"],
        "code": code, "redirect_uri": app["redirect_uri"], "code_verifier": VERIFIER, **changes,
    }  # fmt: skip


async def fresh_code(town: Town, app: dict[str, Any], name: str = "maren") -> str:
    browser = await town.signed_in(name)
    await browser.open(ask_path(app))
    return sent_back(await browser.send("/oauth/authorize", decision="allow"))["code"]


async def test_an_app_registers_and_learns_what_it_registered(town: Town) -> None:
    client = town.client()
    for body in (
        {"data": {"client_name": "A", "redirect_uris": f"{OOB}\nicecubesapp://"}},
        {"json": {"client_name": "A", "redirect_uris": [OOB, "icecubesapp://"]}},
        {"params": {"client_name": "A", "redirect_uris": f"{OOB} icecubesapp://"}},
        {"files": {"client_name": (None, "A"), "redirect_uris[]": (None, f"{OOB}\nicecubesapp://")}},
    ):
        app = (await client.post("/api/v1/apps", **body)).json()
        assert app.get("redirect_uris") == [OOB, "icecubesapp://"], (body, app)
        assert app["redirect_uri"] == f"{OOB}\nicecubesapp://"
        assert app["scopes"] == ["read"]
        assert app["client_secret_expires_at"] == 0
        assert app["id"].isdigit()
        assert app["vapid_key"]
        assert app["website"] is None


BAD_REGISTRATIONS = [
    ({"redirect_uris": "javascript:alert(1)"}, "redirect_uri"),
    ({"redirect_uris": ""}, "redirect_uri"),
    ({"client_name": " "}, "client_name"),
    ({"scopes": "read fly"}, "scopes"),
    ({"website": "javascript:alert(1)"}, "website"),
]


async def test_a_bad_registration_says_which_field(town: Town) -> None:
    for changes, field in BAD_REGISTRATIONS:
        answer = await town.client().post(
            "/api/v1/apps", data={"client_name": "A", "redirect_uris": OOB, **changes}
        )
        assert answer.status_code == 422, changes
        assert list(answer.json()["details"]) == [field]
        assert answer.json()["error"].startswith("Validation failed: ")


async def test_a_member_lets_an_app_in_and_the_app_acts(town: Town) -> None:
    await town.member("maren")
    client, browser = town.client(), town.browser()
    app = await register(client)
    answer = await browser.open(ask_path(app))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/auth/sign_in?next=/oauth/authorize")
    await browser.open(answer.headers["location"])
    answer = await browser.send("/auth/sign_in", login="MAREN@Example.org", password="otter quay lantern")
    assert answer.headers["location"] == ask_path(app)

    answer = await browser.open(answer.headers["location"])
    assert answer.status_code == 200
    for part in ("Ivory", "app.example", "@maren@", "Act as you"):
        assert part in browser.page
    assert "form-action 'self' https://app.example" in answer.headers["content-security-policy"]
    told = sent_back(await browser.send("/oauth/authorize", decision="allow"))
    assert told["state"] == "st&te"
    assert told["from"] == "holdfast"

    answer = await client.post("/oauth/token", data=exchange(app, told["code"]))
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()
    assert set(token) == {"access_token", "token_type", "scope", "created_at"}
    assert token["token_type"] == "Bearer"
    assert token["scope"] == "read write"
    assert isinstance(token["created_at"], int)

    bearer = {"authorization": f"Bearer {token['access_token']}"}
    mine = (await client.get("/api/v1/apps/verify_credentials", headers=bearer)).json()
    assert (mine["id"], mine["name"]) == (app["id"], "Ivory")
    assert "client_secret" not in mine
    for method in ("GET", "POST"):
        who = (await client.request(method, "/oauth/userinfo", headers=bearer)).json()
        assert who["preferred_username"] == "maren"
        assert who["sub"] == who["profile"] == f"{town.services.base_url}/@maren"


STYLES = ["form", "json", "query", "multipart", "basic"]


async def test_a_code_is_exchanged_however_the_parameters_come(town: Town) -> None:
    await town.member("maren")
    client = town.client()
    for style in STYLES:
        app = await register(client)
        given = exchange(app, await fresh_code(town, app))
        if style == "form":
            answer = await client.post("/oauth/token", data=given)
        elif style == "json":
            answer = await client.post("/oauth/token", json=given)
        elif style == "query":
            answer = await client.post("/oauth/token", params=given)
        elif style == "multipart":
            answer = await client.post(
                "/oauth/token", files={name: (None, value) for name, value in given.items()}
            )
        else:
            credentials = (given.pop("client_id"), given.pop("client_secret"))
            answer = await client.post("/oauth/token", data=given, auth=credentials)
        assert answer.status_code == 200, (style, answer.text)


WRONG_EXCHANGES = [
    ({"client_secret": "wrong"}, 401, "invalid_client"),
    ({"client_id": "wrong"}, 401, "invalid_client"),
    ({"code": "wrong"}, 400, "invalid_grant"),
    ({"redirect_uri": "https://evil.example/"}, 400, "invalid_grant"),
    ({"code_verifier": "x" * 43}, 400, "invalid_grant"),
    ({"code_verifier": ""}, 400, "invalid_grant"),
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({"grant_type": ""}, 400, "invalid_request"),
    ({"code": ""}, 400, "invalid_request"),
]


async def test_a_wrong_exchange_is_refused(town: Town) -> None:
    await town.member("maren")
    client = town.client()
    for changes, status, error in WRONG_EXCHANGES:
        app = await register(client)
        given = exchange(app, await fresh_code(town, app), **changes)
        answer = await client.post("/oauth/token", data=given)
        assert (answer.status_code, answer.json()["error"]) == (status, error), changes
        assert answer.json()["error_description"]
        assert given["client_secret"] not in answer.text


async def test_a_code_belongs_to_its_app(town: Town) -> None:
    await town.member("maren")
    client = town.client()
    app, other = await register(client), await register(client)
    code = await fresh_code(town, app)
    answer = await client.post("/oauth/token", data=exchange(other, code))
    assert answer.json()["error"] == "invalid_grant"


async def test_a_second_use_of_a_code_ends_what_the_first_gave(town: Town) -> None:
    await town.member("maren")
    client = town.client()
    app = await register(client)
    code = await fresh_code(town, app)
    token = (await client.post("/oauth/token", data=exchange(app, code))).json()["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    assert (await client.get("/api/v1/apps/verify_credentials", headers=bearer)).status_code == 200
    assert (await client.post("/oauth/token", data=exchange(app, code))).json()["error"] == "invalid_grant"
    assert (await client.get("/api/v1/apps/verify_credentials", headers=bearer)).status_code == 401


async def test_a_member_says_no(town: Town) -> None:
    await town.member("maren")
    app = await register(town.client())
    browser = await town.signed_in("maren")
    await browser.open(ask_path(app))
    told = sent_back(await browser.send("/oauth/authorize", decision="deny"))
    assert told["error"] == "access_denied"
    assert told["state"] == "st&te"


WRONG_QUESTIONS = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"scope": "read follow"}, "invalid_scope"),
    ({"scope": "fly"}, "invalid_scope"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": ""}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"code_challenge": ""}, "invalid_request"),
]


async def test_a_wrong_question_goes_back_to_the_app(town: Town) -> None:
    app = await register(town.client())
    for changes, error in WRONG_QUESTIONS:
        told = sent_back(await town.browser().open(ask_path(app, **changes)))
        assert told["error"] == error, changes
        assert told["state"] == "st&te"
        assert "code" not in told


WRONG_ADDRESSES = [
    {"client_id": "unknown"},
    {"redirect_uri": "https://evil.example/"},
    {"redirect_uri": REDIRECT + "&more=1"},
    {"redirect_uri": "https://app.example.evil.example/callback"},
    {"redirect_uri": "javascript:alert(1)"},
]


async def test_nobody_is_sent_to_an_address_that_was_not_registered(town: Town) -> None:
    await town.member("maren")
    app = await register(town.client())
    browser = await town.signed_in("maren")
    for changes in WRONG_ADDRESSES:
        answer = await browser.open(ask_path(app, **changes))
        assert answer.status_code == 422
        assert "location" not in answer.headers
        await browser.open(ask_path(app))
        answer = await browser.send("/oauth/authorize", decision="allow", **changes)
        assert answer.status_code == 422
        assert "location" not in answer.headers


async def test_an_app_without_an_address_gets_its_code_by_hand(town: Town) -> None:
    await town.member("maren")
    client = town.client()
    app = await register(client, OOB)
    browser = await town.signed_in("maren")
    await browser.open(ask_path(app, code_challenge="", code_challenge_method=""))
    answer = await browser.send("/oauth/authorize", decision="allow")
    assert answer.status_code == 200
    code = text_between(answer.text, r'<code id="code">([^<]+)</code>')
    answer = await client.post("/oauth/token", data=exchange(app, code, code_verifier=""))
    assert answer.status_code == 200


async def test_custom_schemes_are_called(town: Town) -> None:
    await town.member("maren")
    app = await register(town.client(), "com.tapbots.Ivory.10217:/request_token")
    browser = await town.signed_in("maren")
    answer = await browser.open(ask_path(app))
    assert "form-action 'self' com.tapbots.ivory.10217:" in answer.headers["content-security-policy"]
    answer = await browser.send("/oauth/authorize", decision="allow")
    assert answer.headers["location"].startswith("com.tapbots.Ivory.10217:/request_token?code=")


async def test_an_app_can_ask_for_another_account(town: Town) -> None:
    await town.member("maren")
    await town.member("bo")
    app = await register(town.client())
    browser = await town.signed_in("maren")
    answer = await browser.open(ask_path(app, force_login="true"))
    answer = await browser.open(answer.headers["location"])
    assert answer.status_code == 200
    answer = await browser.send("/auth/sign_in", login="bo", password="otter quay lantern")
    await browser.open(answer.headers["location"])
    assert "@bo@" in browser.page
    assert "@maren@" not in browser.page


async def test_an_app_acts_for_itself(town: Town) -> None:
    client = town.client()
    app = await register(client, scopes="read write:accounts")
    given = {
        "grant_type": "client_credentials",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
    }
    token = (await client.post("/oauth/token", data=given)).json()
    assert token["scope"] == "read"
    bearer = {"authorization": f"Bearer {token['access_token']}"}
    assert (await client.get("/api/v1/apps/verify_credentials", headers=bearer)).status_code == 200
    assert (await client.get("/oauth/userinfo", headers=bearer)).status_code == 401
    answer = await client.post("/oauth/token", data={**given, "scope": "write"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


async def test_a_token_is_revoked_by_its_own_app_alone(town: Town) -> None:
    client = town.client()
    app, other = await register(client), await register(client)
    given = {
        "grant_type": "client_credentials",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
    }
    token = (await client.post("/oauth/token", data=given)).json()["access_token"]
    bearer = {"authorization": f"Bearer {token}"}

    async def revoke(by: dict[str, Any], token: str) -> int:
        credentials = {"client_id": by["client_id"], "client_secret": by["client_secret"]}
        return (await client.post("/oauth/revoke", data={**credentials, "token": token})).status_code

    assert (await client.get("/api/v1/apps/verify_credentials", headers=bearer)).status_code == 200
    assert await revoke(other, token) == 403
    assert (await client.get("/api/v1/apps/verify_credentials", headers=bearer)).status_code == 200
    assert await revoke(app, token) == 200
    assert (await client.get("/api/v1/apps/verify_credentials", headers=bearer)).status_code == 401
    assert await revoke(app, token) == 200
    assert await revoke({"client_id": "x", "client_secret": "y"}, token) == 403


async def test_the_server_says_what_it_offers(town: Town) -> None:
    answer = await town.client().get("/.well-known/oauth-authorization-server")
    offers = answer.json()
    assert offers["scopes_supported"] == list(SCOPES)
    assert offers["code_challenge_methods_supported"] == ["S256"]
    assert offers["grant_types_supported"] == ["authorization_code", "client_credentials"]
    for name in ("authorization", "token", "app_registration", "revocation", "userinfo"):
        assert offers[f"{name}_endpoint"].startswith(town.services.base_url)
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_password_buys_a_token_only_where_the_setting_allows_it(settings: Settings) -> None:
    def form(app: dict[str, Any], **more: str) -> dict[str, str]:
        client = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
        return {"grant_type": "password", "username": "maren", "password": PASSWORD, **client, **more}

    async with open_town(settings) as town:
        await town.member("maren")
        app = await register(town.client())
        answer = await town.client().post("/oauth/token", data=form(app))
        assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
    async with open_town(settings, oauth_password_grant=True) as town:
        token = (await town.client().post("/oauth/token", data=form(app, scope="read"))).json()
        bearer = {"authorization": f"Bearer {token['access_token']}"}
        who = await town.client().get("/api/v1/accounts/verify_credentials", headers=bearer)
        assert who.json()["username"] == "maren"
        for bad in ({"password": "wrong"}, {"username": "nobody"}):
            answer = await town.client().post("/oauth/token", data=form(app, **bad))
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        answer = await town.client().post("/oauth/token", data=form(app, scope="push"))
        assert answer.json()["error"] == "invalid_scope"
