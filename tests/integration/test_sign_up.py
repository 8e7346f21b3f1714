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


async def test_a_minimum_age_is_asked_for_and_the_date_is_not_kept(settings: Settings) -> None:
    async with open_town(settings, registrations="open", sign_up_min_age=16, rate_signups=100) as town:
        client, bearer = town.client(), await app_token(town, "write:accounts")
        told = (await client.get("/api/v2/instance")).json()["registrations"]
        assert told["min_age"] == 16
        young = f"{town.services.clock.now().year - 15}-01-01"
        said = ""
        for given, code in (("", "ERR_BLANK"), ("soon", "ERR_INVALID"), (young, "ERR_BELOW_LIMIT")):
            answer = await client.post(
                "/api/v1/accounts", headers=bearer, data={**GOOD, "date_of_birth": given}
            )
            assert answer.status_code == 422
            assert answer.json()["details"]["date_of_birth"][0]["error"] == code
            said = answer.json()["error"]
        assert said == "Validation failed: Date of birth is below the age limit of 16 years"
        browser = town.browser()
        assert 'name="date_of_birth" type="date"' in (await browser.open("/auth/sign_up")).text
        form = {"username": "bo", "email": "b@example.org", "password": PASSWORD, "agreement": "1"}
        answer = await browser.send("/auth/sign_up", **form, date_of_birth=young)
        assert (answer.status_code, "is below the age limit of 16 years" in answer.text) == (422, True)
        assert (await browser.send("/auth/sign_up", **form, date_of_birth="1971-02-03")).status_code == 303
        answer = await client.post(
            "/api/v1/accounts", headers=bearer, data={**GOOD, "date_of_birth": "1971-02-03"}
        )
        assert answer.status_code == 200
        kept = await town.services.database.fetch("select u::text || a::text as all from users u, accounts a")
        assert not any("1971-02-03" in row["all"] for row in kept)


async def test_a_reason_is_required_where_the_setting_says_so(settings: Settings) -> None:
    async with open_town(settings, registrations="approval", sign_up_reason_required=True) as town:
        client, bearer = town.client(), await app_token(town, "write:accounts")
        assert (await client.get("/api/v2/instance")).json()["registrations"]["reason_required"] is True
        answer = await client.post("/api/v1/accounts", headers=bearer, data={**GOOD, "reason": " "})
        assert answer.json()["details"]["reason"][0]["error"] == "ERR_BLANK"
        answer = await client.post("/api/v1/accounts", headers=bearer, data={**GOOD, "reason": "I sail"})
        assert answer.status_code == 200
        # The token is good and waits; the app is told so with every request.
        mine = {"authorization": f"Bearer {answer.json()['access_token']}"}
        waiting = await client.get("/api/v1/accounts/verify_credentials", headers=mine)
        assert (waiting.status_code, waiting.json()["error"]) == (
            403,
            "Your login is currently pending approval",
        )
        browser = town.browser()
        await browser.open("/auth/sign_up")
        form = {"username": "bo", "email": "b@example.org", "password": PASSWORD, "agreement": "1"}
        answer = await browser.send("/auth/sign_up", **form, reason="")
        assert (answer.status_code, 'id="reason-error"' in answer.text) == (422, True)


async def test_what_an_app_sends_besides_is_read_or_refused(settings: Settings) -> None:
    async with open_town(settings, registrations="open") as town:
        client, bearer = town.client(), await app_token(town, "write:accounts")
        answer = await client.post("/api/v1/accounts", headers=bearer, data={**GOOD, "invite_code": "abc"})
        assert answer.status_code == 422
        assert answer.json()["details"]["invite_code"][0]["error"] == "ERR_INVALID"
        more = {"invite_code": "", "time_zone": "Europe/Oslo"}
        assert (
            await client.post("/api/v1/accounts", headers=bearer, data={**GOOD, **more})
        ).status_code == 200


async def test_a_closed_server_can_say_why(settings: Settings) -> None:
    words = "We open again in May."
    async with open_town(settings, registrations="closed", registrations_message=words) as town:
        client = town.client()
        assert (await client.get("/api/v2/instance")).json()["registrations"]["message"] == words
        assert words in (await client.get("/auth/sign_up")).text
    async with open_town(settings, registrations="open", registrations_message=words) as town:
        assert (await town.client().get("/api/v2/instance")).json()["registrations"]["message"] is None
