"""Tokens that the browser keeps for the app (ADR 0025): they open the API to our own page and to nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from holdfast.platform.config import Settings, load_settings
from holdfast.social.sessions import end_all_sessions
from holdfast.social.tokens import end_tokens
from tests.support.browser import Browser, Town, open_town
from tests.support.postgres import DatabaseServer
from tests.support.streams import first_answer

pytestmark = pytest.mark.integration

_ENTER = "/api/holdfast/v1/session"
_APP = {"x-requested-with": "Holdfast"}
_ME = "/api/v1/accounts/verify_credentials"


@pytest.fixture(scope="module")
def kept_settings(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    address = database_server.clone_database()
    data = str(tmp_path_factory.mktemp("kept"))
    yield load_settings({"data": data, "database_url": address}, environment={})
    database_server.drop_database(address)


@pytest.fixture(scope="module")
async def town(kept_settings: Settings) -> AsyncIterator[Town]:
    async with open_town(kept_settings, rate_signin_attempts=10_000, rate_requests=100_000) as opened:
        yield opened


async def enter(browser: Browser) -> tuple[str, httpx2.Response]:
    """Signs the app in, in a browser that is signed in; the account id and the answer."""
    answer = await browser.client.post(_ENTER, headers={**_APP, "origin": browser.origin})
    assert answer.status_code == 200, answer.text
    return answer.json()["account_id"], answer


async def in_app(town: Town, name: str) -> tuple[Browser, str]:
    if await _missing(town, name):
        await town.member(name)
    browser = await town.signed_in(name)
    return browser, (await enter(browser))[0]


async def _missing(town: Town, name: str) -> bool:
    answer = await town.client().get("/api/v1/accounts/lookup", params={"acct": name})
    return answer.status_code == 404


async def test_the_token_is_in_a_cookie_that_scripts_cannot_read_and_nowhere_else(town: Town) -> None:
    await town.member("ada")
    account, answer = await enter(await town.signed_in("ada"))
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/api" in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    assert len(secret) >= 32
    assert answer.json() == {"account_id": account}
    assert secret not in answer.text


async def test_the_cookie_opens_the_api_only_with_the_header_that_names_its_account(town: Town) -> None:
    browser, account = await in_app(town, "bea")
    me = await browser.client.get(_ME, headers={"x-holdfast-account": account})
    assert me.status_code == 200
    assert me.json()["username"] == "bea"
    assert (await browser.client.get(_ME)).status_code == 401
    for other in ("", "1", "../1", account + "1", "bea"):
        assert (await browser.client.get(_ME, headers={"x-holdfast-account": other})).status_code == 401


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("moderator", 200)])
async def test_the_desk_is_open_only_to_those_who_moderate(town: Town, role: str, status: int) -> None:
    name = f"desk_{role}"
    await town.member(name, role=role)
    browser, account = await in_app(town, name)
    answer = await browser.client.get("/api/holdfast/v1/lanes", headers={"x-holdfast-account": account})
    assert answer.status_code == status, answer.text


async def test_a_cookie_put_under_the_name_of_another_account_opens_nothing(town: Town) -> None:
    browser, account = await in_app(town, "cem")
    _, other = await in_app(town, "dov")
    secret = browser.client.cookies[f"holdfast_app_{account}"]
    client = town.client(headers={"cookie": f"holdfast_app_{other}={secret}"})
    assert (await client.get(_ME, headers={"x-holdfast-account": other})).status_code == 401


@pytest.mark.parametrize(
    "sent",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://[evil"},
    ],
)
async def test_nothing_another_origin_sends_is_believed(town: Town, sent: dict[str, str]) -> None:
    browser, account = await in_app(town, "eve")
    headers = {"x-holdfast-account": account, **sent}
    answer = await browser.client.post("/api/v1/statuses", data={"status": "forged"}, headers=headers)
    assert answer.status_code == 401
    assert (await browser.client.post(_ENTER, headers={**_APP, **sent})).status_code == 403
    mine = await browser.client.get(
        f"/api/v1/accounts/{account}/statuses", headers={"x-holdfast-account": account}
    )
    assert mine.json() == []


async def test_another_site_may_not_ask_to_send_the_header_along(town: Town) -> None:
    for path in ("/api/v1/statuses", _ENTER):
        answer = await town.client().options(path, headers={"origin": "https://evil.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert "holdfast" not in answer.headers["access-control-allow-headers"].lower()


async def test_a_form_of_another_site_cannot_sign_the_app_in(town: Town) -> None:
    await town.member("fay")
    browser = await town.signed_in("fay")
    assert (await browser.client.post(_ENTER)).status_code == 403
    assert (await town.browser().client.post(_ENTER, headers=_APP)).status_code == 401


async def test_several_accounts_stand_beside_each_other(town: Town) -> None:
    browser, first = await in_app(town, "gus")
    await town.member("hal")
    await browser.open("/auth/sign_in?force=1")
    assert (
        await browser.send("/auth/sign_in", login="hal", password="otter quay lantern")
    ).status_code == 303
    second, _ = await enter(browser)
    names = [
        (await browser.client.get(_ME, headers={"x-holdfast-account": account})).json()["username"]
        for account in (first, second)
    ]
    assert names == ["gus", "hal"]


async def test_signing_out_of_the_app_ends_the_token_and_takes_the_cookie_away(town: Town) -> None:
    browser, account = await in_app(town, "ida")
    secret = browser.client.cookies[f"holdfast_app_{account}"]
    named = {"x-holdfast-account": account}
    answer = await browser.client.delete(_ENTER, headers=named)
    assert answer.status_code == 200
    assert "Max-Age=0" in answer.headers["set-cookie"]
    copy = town.client(headers={"cookie": f"holdfast_app_{account}={secret}"})
    assert (await copy.get(_ME, headers=named)).status_code == 401
    assert (await copy.get(_ME, headers={"authorization": f"Bearer {secret}"})).status_code == 401


async def test_access_that_ends_elsewhere_ends_here(town: Town) -> None:
    browser, account = await in_app(town, "jon")
    account_id = town.services.ids.decode(account)
    assert account_id is not None
    async with town.services.database.transaction() as tx:
        await end_tokens(tx, account_id)
        await end_all_sessions(tx, account_id)
    named = {"x-holdfast-account": account}
    assert (await browser.client.get(_ME, headers=named)).status_code == 401
    # Nobody is shown what strangers see while they believe to be signed in.
    public = await browser.client.get("/api/v1/timelines/public", headers=named)
    assert public.status_code == 401
    assert (await browser.client.get("/api/v2/instance", headers=named)).status_code == 200


async def test_a_websocket_needs_our_origin_besides_the_cookie(town: Town) -> None:
    browser, account = await in_app(town, "kai")
    secret = browser.client.cookies[f"holdfast_app_{account}"]
    protocol = f"holdfast.account.{account}"

    async def opened(**headers: str) -> int:
        sent = {"cookie": f"holdfast_app_{account}={secret}", "sec-websocket-protocol": protocol, **headers}
        return (await first_answer(town.app, "WEBSOCKET", "/api/v1/streaming", {}, sent)).status_code

    assert await opened(origin=browser.origin) == 101
    assert await opened(origin="https://evil.example") == 401
    assert await opened() == 401
    assert await opened(origin=browser.origin, cookie="") == 401
