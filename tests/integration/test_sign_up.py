"""Signing up, by an app and in the browser: open, after approval, closed; and every way to be refused."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.platform.config import Settings
from holdfast.social.tokens import issue_token, register_app
from tests.support.browser import PASSWORD, Town, open_town

GOOD = {
    "username": "maren",
    "email": "m@example.org",
    "password": PASSWORD,
    "agreement": "true",
    "locale": "en",
}


async def app_token(town: Town, *scopes: str, account_id: int | None = None) -> dict[str, str]:
    now = town.services.clock.now()
    async with town.services.database.transaction() as tx:
        new = await register_app(tx, "Ivory", redirect_uris=["ivory://"], scopes="read write", now=now)
        issued = await issue_token(tx, new.app.app_id, account_id, scopes, now=now)
    return {"authorization": f"Bearer {issued.secret}"}


async def test_an_app_signs_its_member_up(settings: Settings) -> None:
    async with open_town(settings, registrations="open") as town:
        client, bearer = town.client(), await app_token(town, "read", "write")
        for number, kind in enumerate(("data", "json", "params")):
            form = {**GOOD, "username": f"maren{number}", "email": f"m{number}@example.org"}
            named: dict[str, Any] = {kind: {**form, "agreement": True} if kind == "json" else form}
            answer = await client.post("/api/v1/accounts", headers=bearer, **named)
            assert answer.status_code == 200, answer.text
            token = answer.json()
            assert token["scope"] == "read write"
            mine = {"authorization": f"Bearer {token['access_token']}"}
            who = (await client.get("/oauth/userinfo", headers=mine)).json()
            assert who["preferred_username"] == f"maren{number}"


async def test_every_problem_is_told_at_once(settings: Settings) -> None:
    async with open_town(settings, registrations="open", rate_signups=100) as town:
        client, bearer = town.client(), await app_token(town, "write:accounts")
        form = {"username": "not a name!", "email": "m@example.org"}
        answer = await client.post("/api/v1/accounts", headers=bearer, data=form)
        assert answer.status_code == 422
        assert {field: rows[0]["error"] for field, rows in answer.json()["details"].items()} == {
            "username": "ERR_INVALID", "password": "ERR_BLANK", "agreement": "ERR_ACCEPTED",
        }  # fmt: skip
        assert answer.json()["error"].startswith("Validation failed: Username must be letters")
        expected = [
            ({"username": ""}, "username", "ERR_BLANK"),
            ({"username": "admin"}, "username", "ERR_RESERVED"),
            ({"username": "taken"}, "username", "ERR_TAKEN"),
            ({"email": ""}, "email", "ERR_BLANK"),
            ({"email": "nowhere"}, "email", "ERR_INVALID"),
            ({"email": "TAKEN+again@Example.org"}, "email", "ERR_TAKEN"),
            ({"password": "short"}, "password", "ERR_TOO_SHORT"),
            ({"agreement": "false"}, "agreement", "ERR_ACCEPTED"),
        ]
        await town.member("taken")
        for change, field, code in expected:
            answer = await client.post("/api/v1/accounts", headers=bearer, data={**GOOD, **change})
            assert answer.status_code == 422, change
            assert {f: rows[0]["error"] for f, rows in answer.json()["details"].items()} == {field: code}
        assert await town.services.database.fetchval("select count(*) from users") == 1


async def test_only_an_app_itself_may_sign_up(settings: Settings) -> None:
    async with open_town(settings, registrations="open") as town:
        client = town.client()
        assert (await client.post("/api/v1/accounts", data=GOOD)).status_code == 401
        bearer = await app_token(town, "read")
        assert (await client.post("/api/v1/accounts", headers=bearer, data=GOOD)).status_code == 403
        bearer = await app_token(town, "write", account_id=await town.member("bo"))
        assert (await client.post("/api/v1/accounts", headers=bearer, data=GOOD)).status_code == 403


async def test_a_closed_server_says_so(settings: Settings) -> None:
    async with open_town(settings, registrations="closed") as town:
        bearer = await app_token(town, "write")
        answer = await town.client().post("/api/v1/accounts", headers=bearer, data=GOOD)
        assert (answer.status_code, "closed" in answer.json()["error"]) == (403, True)
        browser = town.browser()
        assert "Sign-ups are closed" in (await browser.open("/auth/sign_up")).text
        await browser.open("/auth/sign_in")
        token = browser.page.split('name="form_token" value="')[1].partition('"')[0]
        answer = await browser.client.post(
            "/auth/sign_up", data={**GOOD, "agreement": "1", "form_token": token}
        )
        assert answer.status_code == 403
        assert await town.services.database.fetchval("select count(*) from users") == 0


async def test_sign_ups_are_limited_per_network_by_either_way(settings: Settings) -> None:
    async with open_town(settings, registrations="open", rate_signups=2) as town:
        bearer = await app_token(town, "write")
        answer = await town.client("203.0.113.5").post("/api/v1/accounts", headers=bearer, data=GOOD)
        assert answer.status_code == 200
        browser = town.browser("203.0.113.5")
        await browser.open("/auth/sign_up")
        form = {"username": "bo", "email": "b@example.org", "password": PASSWORD, "agreement": "1"}
        assert (await browser.send("/auth/sign_up", **form)).status_code == 303
        assert await browser.signed_in()
        other = town.browser("203.0.113.5")
        await other.open("/auth/sign_up")
        answer = await other.send("/auth/sign_up", **{**form, "username": "cy", "email": "c@example.org"})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0


async def test_a_mistake_in_the_form_is_shown_at_its_field_and_costs_no_sign_up(settings: Settings) -> None:
    async with open_town(settings, registrations="open", rate_signups=1) as town:
        browser = town.browser()
        await browser.open("/auth/sign_up")
        bad = {"username": "<b>x</b>", "email": "m@example.org", "password": "short", "agreement": "1"}
        for _ in range(2):
            assert (await browser.send("/auth/sign_up", **bad)).status_code == 422
        answer = await browser.send("/auth/sign_up", **bad)
        assert answer.status_code == 422
        assert "&lt;b&gt;x&lt;/b&gt;" in answer.text
        assert "<b>x" not in answer.text
        assert 'id="username-error"' in answer.text
        assert 'id="password-error"' in answer.text
        assert 'value="short"' not in answer.text
        answer = await browser.send("/auth/sign_up", **{**bad, "username": "maren", "password": PASSWORD})
        assert answer.status_code == 303


@pytest.mark.parametrize("registrations", ["open", "approval"])
async def test_programs_fall_into_the_trap(settings: Settings, registrations: str) -> None:
    async with open_town(settings, registrations=registrations) as town:
        browser = town.browser()
        await browser.open("/auth/sign_up")
        form = {"username": "bot", "email": "b@example.org", "password": PASSWORD, "agreement": "1"}
        answer = await browser.send("/auth/sign_up", **form, website="https://spam.example")
        assert answer.status_code == 403
        assert await town.services.database.fetchval("select count(*) from users") == 0


async def test_no_address_waits_to_be_confirmed(settings: Settings) -> None:
    async with open_town(settings) as town:
        bearer = await app_token(town, "write")
        answer = await town.client().post("/api/v1/emails/confirmations", headers=bearer)
        assert answer.status_code == 403
