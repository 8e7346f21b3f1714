"""Whatever ends access ends it at once: on the very next request, in every process, and for good."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from holdfast.platform.config import Settings
from holdfast.social.accounts import reinstate_account, set_role, suspend_account
from holdfast.social.tokens import (
    IssuedToken,
    TokenReader,
    end_tokens,
    find_token,
    issue_code,
    issue_token,
    purge_expired_codes,
    register_app,
)
from tests.support.browser import PASSWORD, Town, open_town

NEW = "lantern quay otter"


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with open_town(settings) as town:
        yield town


class Program:
    """An app that acts for somebody, through this process and as another process would see it."""

    def __init__(self, town: Town, app_id: int, issued: IssuedToken) -> None:
        self.app_id, self.token = app_id, issued.secret
        self._client = town.client()
        self._elsewhere = TokenReader(town.services.database, town.services.clock)

    async def works(self) -> bool:
        bearer = {"authorization": f"Bearer {self.token}"}
        answer = await self._client.get("/oauth/userinfo", headers=bearer)
        there = await self._elsewhere.find(self.token)
        assert (answer.status_code == 200) == (there is not None), answer.text
        return answer.status_code == 200


async def program_of(town: Town, account_id: int, name: str = "Ivory") -> Program:
    now = town.services.clock.now()
    async with town.services.database.transaction() as tx:
        new = await register_app(tx, name, redirect_uris=["ivory://"], scopes="read write", now=now)
        issued = await issue_token(tx, new.app.app_id, account_id, ("read", "write"), now=now)
    program = Program(town, new.app.app_id, issued)
    assert await program.works()
    return program


async def test_suspension_ends_sessions_and_tokens(town: Town) -> None:
    account_id = await town.member("maren")
    browser, program = await town.signed_in("maren"), await program_of(town, account_id)
    assert await browser.signed_in()
    async with town.services.database.transaction() as tx:
        await suspend_account(tx, account_id, now=town.services.clock.now())
    assert not await browser.signed_in()
    assert not await program.works()


async def test_a_suspension_that_is_taken_back_gives_no_old_access_back(town: Town) -> None:
    account_id = await town.member("maren")
    browser, program = await town.signed_in("maren"), await program_of(town, account_id)
    async with town.services.database.transaction() as tx:
        await suspend_account(tx, account_id, now=town.services.clock.now())
    async with town.services.database.transaction() as tx:
        await reinstate_account(tx, account_id, now=town.services.clock.now())
    assert not await browser.signed_in()
    assert not await program.works()
    assert await (await town.signed_in("maren")).signed_in()
    assert await (await program_of(town, account_id)).works()


async def test_nothing_changes_before_the_commit_and_nothing_after_a_rollback(town: Town) -> None:
    account_id = await town.member("maren")
    program = await program_of(town, account_id)

    async def suspend_and_fail() -> None:
        async with town.services.database.transaction() as tx:
            await suspend_account(tx, account_id, now=town.services.clock.now())
            assert await program.works()
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        await suspend_and_fail()
    assert await program.works()


async def test_a_new_password_ends_everything_else(town: Town) -> None:
    account_id = await town.member("maren")
    here, elsewhere = await town.signed_in("maren"), await town.signed_in("maren")
    program = await program_of(town, account_id)
    await here.open("/auth/settings")
    answer = await here.send(
        "/auth/settings/password", current_password="wrong", password=NEW, password_again=NEW
    )
    assert answer.status_code == 422
    assert await elsewhere.signed_in()
    answer = await here.send(
        "/auth/settings/password", current_password=PASSWORD, password=NEW, password_again=NEW
    )
    assert answer.status_code == 303, answer.text
    assert await here.signed_in()
    assert not await elsewhere.signed_in()
    assert not await program.works()
    assert (await town.browser().sign_in("maren")).status_code == 422
    assert (await town.browser().sign_in("maren", NEW)).status_code == 303


async def test_a_new_password_ends_a_code_that_waits(town: Town) -> None:
    account_id = await town.member("maren")
    services, now = town.services, town.services.clock.now()
    async with services.database.transaction() as tx:
        new = await register_app(tx, "Ivory", redirect_uris=["ivory://"], now=now)
        code = await issue_code(
            tx, account_id, new.app, redirect_uri="ivory://", scopes=("read",), code_challenge=None,
            lifetime_seconds=600, now=now,
        )  # fmt: skip
    async with services.database.transaction() as tx:
        await end_tokens(tx, account_id)
    given = {
        "grant_type": "authorization_code", "client_id": new.app.client_id, "client_secret": new.client_secret,
        "code": code, "redirect_uri": "ivory://",
    }  # fmt: skip
    assert (await town.client().post("/oauth/token", data=given)).json()["error"] == "invalid_grant"


async def test_a_suspended_account_gets_nothing_for_a_code(town: Town) -> None:
    account_id = await town.member("maren")
    services, now = town.services, town.services.clock.now()
    async with services.database.transaction() as tx:
        new = await register_app(tx, "Ivory", redirect_uris=["ivory://"], now=now)
        code = await issue_code(
            tx, account_id, new.app, redirect_uri="ivory://", scopes=("read",), code_challenge=None,
            lifetime_seconds=600, now=now,
        )  # fmt: skip
        await suspend_account(tx, account_id, now=now)
    given = {
        "grant_type": "authorization_code", "client_id": new.app.client_id, "client_secret": new.client_secret,
        "code": code, "redirect_uri": "ivory://",
    }  # fmt: skip
    assert (await town.client().post("/oauth/token", data=given)).json()["error"] == "invalid_grant"


async def test_a_code_ends_when_its_time_is_over(settings: Settings) -> None:
    async with open_town(settings) as town:
        account_id = await town.member("maren")
        services, now = town.services, town.services.clock.now()
        async with services.database.transaction() as tx:
            new = await register_app(tx, "Ivory", redirect_uris=["ivory://"], now=now)
            code = await issue_code(
                tx, account_id, new.app, redirect_uri="ivory://", scopes=("read",), code_challenge=None,
                lifetime_seconds=0, now=now,
            )  # fmt: skip
        given = {
            "grant_type": "authorization_code", "client_id": new.app.client_id,
            "client_secret": new.client_secret, "code": code, "redirect_uri": "ivory://",
        }  # fmt: skip
        assert (await town.client().post("/oauth/token", data=given)).json()["error"] == "invalid_grant"
        async with services.database.transaction() as tx:
            assert await purge_expired_codes(tx, now=services.clock.now()) == 1


async def test_a_member_takes_one_app_back(town: Town) -> None:
    account_id = await town.member("maren")
    ivory, tusky = await program_of(town, account_id), await program_of(town, account_id, "Tusky")
    browser = await town.signed_in("maren")
    await browser.open("/auth/settings")
    assert "Ivory" in browser.page
    path = f"/auth/settings/apps/{town.services.ids.encode(ivory.app_id)}/end"
    assert (await browser.send(path)).status_code == 303
    assert not await ivory.works()
    assert await tusky.works()
    await browser.open("/auth/settings")
    assert "Ivory" not in browser.page


async def test_a_member_signs_another_browser_out_but_nobody_elses(town: Town) -> None:
    await town.member("maren")
    await town.member("eve")
    here, phone, eve = (
        await town.signed_in("maren"),
        await town.signed_in("maren"),
        await town.signed_in("eve"),
    )
    await here.open("/auth/settings")
    paths = [part.partition('"')[0] for part in here.page.split('action="')[1:]]
    (path,) = [path for path in paths if path.startswith("/auth/settings/sessions/") and "others" not in path]
    await eve.open("/auth/settings")
    token = {"form_token": eve.page.split('name="form_token" value="')[1].partition('"')[0]}
    answer = await eve.client.post(path, data=token, headers={"origin": eve.origin})
    assert answer.status_code == 404
    assert await phone.signed_in()
    assert (await here.send(path)).status_code == 303
    assert not await phone.signed_in()
    assert await here.signed_in()
    assert await eve.signed_in()


async def test_all_other_browsers_are_signed_out(town: Town) -> None:
    await town.member("maren")
    here, phone, tablet = [await town.signed_in("maren") for _ in range(3)]
    await here.open("/auth/settings")
    assert (await here.send("/auth/settings/sessions/end_others")).status_code == 303
    assert [await one.signed_in() for one in (here, phone, tablet)] == [True, False, False]


async def test_a_role_that_is_taken_away_is_gone_at_once(town: Town) -> None:
    account_id = await town.member("maren", role="admin")
    program = await program_of(town, account_id)

    async def role() -> str:
        found = await town.services.tokens.find(program.token)
        assert found is not None
        return found.role

    assert await role() == "admin"
    async with town.services.database.transaction() as tx:
        await set_role(tx, account_id, "member")
    assert await role() == "member"


async def test_approval_makes_a_token_work_that_waited(settings: Settings) -> None:
    async with open_town(settings, registrations="approval") as town:
        client, services = town.client(), town.services
        now = services.clock.now()
        async with services.database.transaction() as tx:
            new = await register_app(tx, "Ivory", redirect_uris=["ivory://"], scopes="read write", now=now)
            own = await issue_token(tx, new.app.app_id, None, ("read", "write"), now=now)
        form = {"username": "maren", "email": "m@example.org", "password": PASSWORD, "agreement": "true"}
        answer = await client.post("/api/v1/accounts", data=form, headers=_bearer(own.secret))
        token = answer.json()["access_token"]
        answer = await client.get("/oauth/userinfo", headers=_bearer(token))
        assert answer.status_code == 403
        assert answer.json() == {"error": "Your login is currently pending approval"}
        found = await find_token(services.database, token)
        assert found is not None
        async with services.database.transaction() as tx:
            await reinstate_account(tx, found.account_id or 0, now=now)
        assert (await client.get("/oauth/userinfo", headers=_bearer(token))).status_code == 200


async def test_a_good_token_costs_no_query(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    program = await program_of(town, await town.member("maren"))
    tokens, database = town.services.tokens, town.services.database

    async def no_query(*_: Any, **__: Any) -> None:
        raise AssertionError("a cached token asked the database")

    monkeypatch.setattr(database, "fetchrow", no_query)
    assert await tokens.find(program.token) is not None
    with pytest.raises(AssertionError):
        await tokens.find("unknown")


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
