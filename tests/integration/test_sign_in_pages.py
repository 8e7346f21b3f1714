"""Signing in by the pages: passwords, codes, links, forms, and what is refused."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.platform.passwords import hash_password
from holdfast.platform.telemetry import configure_logging
from holdfast.pure.totp import secret_from_text
from holdfast.social.accounts import suspend_account
from holdfast.social.credentials import Purpose, make_one_time_link
from holdfast.social.sessions import (
    Device,
    SessionLimits,
    SessionReader,
    purge_expired_sessions,
    start_session,
)
from tests.support.browser import PASSWORD, Browser, Town, code_now, form_fields, open_town, text_between


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with open_town(settings) as town:
        yield town


async def turn_on_codes(browser: Browser) -> tuple[bytes, list[str]]:
    """Set two-factor sign-in up; the secret and the recovery codes."""
    await browser.open("/auth/settings/two_factor")
    secret = secret_from_text(text_between(browser.page, r'class="key"><code>([^<]+)<'))
    assert secret is not None
    answer = await browser.send("/auth/settings/two_factor", code=code_now(secret), current_password=PASSWORD)
    assert answer.status_code == 200, answer.text
    block = text_between(browser.page, r'<ul class="codes">(.*?)</ul>')
    return secret, [part.partition("<")[0] for part in block.split("<code>")[1:]]


async def test_name_and_address_both_sign_in(town: Town) -> None:
    await town.member("Maren")
    for login in ("maren", "@Maren", "MAREN@example.org", " maren+tag@example.org "):
        browser = town.browser()
        assert (await browser.sign_in(login)).status_code == 303, login
        assert await browser.signed_in()


async def test_unknown_names_and_wrong_passwords_look_the_same(town: Town) -> None:
    await town.member("maren")
    await town.member("imported", password=None)
    pages = set()
    for login, password in (("maren", "wrong"), ("nobody", PASSWORD), ("imported", PASSWORD)):
        answer = await town.browser().sign_in(login, password)
        assert answer.status_code == 422
        assert "set-cookie" not in answer.headers
        pages.add(text_between(answer.text, r'role="alert">([^<]+)<'))
    assert len(pages) == 1


async def test_the_session_cookie_is_out_of_reach(settings: Settings) -> None:
    async with open_town(settings, public_url="https://harbour.example", domain="harbour.example") as town:
        await town.member("maren")
        cookie = (await town.browser().sign_in("maren")).headers["set-cookie"]
    assert cookie.startswith("__Host-holdfast_session=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


async def test_pages_allow_no_script_and_no_frame(town: Town) -> None:
    answer = await town.browser().open("/auth/sign_in")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    sheet = text_between(answer.text, r'rel="stylesheet" href="([^"]+)"')
    answer = await town.client().get(sheet)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert (await town.client().get("/static/holdfast-000000000000.css")).status_code == 404


async def test_forms_of_others_are_refused(town: Town) -> None:
    await town.member("maren")
    browser, other = await town.signed_in("maren"), await town.signed_in("maren")
    await browser.open("/auth/settings")
    await other.open("/auth/settings")
    ours = form_fields(browser.page, "/auth/sign_out")
    here = {"origin": browser.origin}
    for fields, headers in (
        ({}, here),
        (form_fields(other.page, "/auth/sign_out"), here),
        (ours, {"origin": "https://evil.example"}),
        (ours, {"origin": browser.origin + ".evil.example"}),
        (ours, {"origin": "null"}),
        (ours, {"sec-fetch-site": "cross-site"}),
        (ours, {**here, "sec-fetch-site": "same-site"}),
    ):
        answer = await browser.client.post("/auth/sign_out", data=fields, headers=headers)
        assert answer.status_code == 403, headers
        assert await browser.signed_in()
    assert (await browser.send("/auth/sign_out")).status_code == 303
    assert not await browser.signed_in()
    assert await other.signed_in()


async def test_signing_in_needs_a_form_of_ours_too(town: Town) -> None:
    # Else another site could sign somebody in as somebody else.
    await town.member("maren")
    answer = await town.client().post("/auth/sign_in", data={"login": "maren", "password": PASSWORD})
    assert answer.status_code == 403


async def test_signing_in_leads_to_pages_of_ours_only(town: Town) -> None:
    await town.member("maren")
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example", "/%2Fevil.example"):
        browser = town.browser()
        assert (await browser.sign_in("maren", next=back)).headers["location"] == "/"
        answer = await browser.open(f"/auth/sign_in?{httpx2.QueryParams(next=back)}")
        assert answer.headers["location"] == "/"


async def test_guessing_is_slow_for_an_account_from_anywhere(settings: Settings) -> None:
    async with open_town(settings, rate_signin_attempts=3) as town:
        await town.member("maren")
        await town.member("bo")
        for guess in range(3):
            assert (await town.browser(f"198.51.100.{guess}").sign_in("maren", "wrong")).status_code == 422
        answer = await town.browser("198.51.100.9").sign_in("maren")
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert (await town.browser("198.51.100.9").sign_in("bo")).status_code == 303


async def test_guessing_is_slow_for_an_address_at_any_account(settings: Settings) -> None:
    async with open_town(settings, rate_signin_attempts=3) as town:
        await town.member("maren")
        await town.member("eve")
        for guess in range(3):
            assert (await town.browser("2001:db8::1").sign_in(f"nobody{guess}", "wrong")).status_code == 422
            # Signing in as oneself in between does not clear the count, nor does another address of the network.
            await town.browser("2001:db8::2").sign_in("eve")
        assert (await town.browser("2001:db8::3").sign_in("maren")).status_code == 429
        assert (await town.browser("2001:db8:0:1::3").sign_in("maren")).status_code == 303


async def test_right_passwords_are_not_counted(settings: Settings) -> None:
    async with open_town(settings, rate_signin_attempts=2) as town:
        await town.member("maren")
        for _ in range(5):
            assert (await town.browser().sign_in("maren")).status_code == 303


async def test_a_second_factor_is_asked_for_and_each_code_works_once(town: Town) -> None:
    await town.member("maren")
    secret, _ = await turn_on_codes(await town.signed_in("maren"))
    browser = town.browser()
    assert "Enter your code" in (await browser.sign_in("maren")).text
    assert not await browser.signed_in()
    # The code that proved the set-up is spent.
    assert (await browser.send("/auth/sign_in/code", code=code_now(secret, ahead=-1))).status_code == 422
    assert (await browser.send("/auth/sign_in/code", code="")).status_code == 422
    code = code_now(secret, ahead=1)
    assert (await browser.send("/auth/sign_in/code", code=code)).status_code == 303
    assert await browser.signed_in()
    replay = town.browser()
    await replay.sign_in("maren")
    assert (await replay.send("/auth/sign_in/code", code=code)).status_code == 422
    assert not await replay.signed_in()


async def test_a_recovery_code_works_once(town: Town) -> None:
    await town.member("maren")
    _, codes = await turn_on_codes(await town.signed_in("maren"))
    assert len(set(codes)) == 10
    browser = town.browser()
    await browser.sign_in("maren")
    typed = codes[3].upper().replace("-", " ")
    assert (await browser.send("/auth/sign_in/code", code=typed)).status_code == 303
    again = town.browser()
    await again.sign_in("maren")
    assert (await again.send("/auth/sign_in/code", code=codes[3])).status_code == 422
    await browser.open("/auth/settings")
    assert "9 recovery codes left" in browser.page


async def test_codes_cannot_be_guessed_at(settings: Settings) -> None:
    async with open_town(settings, rate_signin_attempts=3) as town:
        await town.member("maren")
        secret, _ = await turn_on_codes(await town.signed_in("maren"))
        for guess in range(3):
            browser = town.browser(f"198.51.100.{guess}")
            await browser.sign_in("maren")
            assert (await browser.send("/auth/sign_in/code", code="000000")).status_code == 422
        browser = town.browser("198.51.100.9")
        await browser.sign_in("maren")
        assert (await browser.send("/auth/sign_in/code", code=code_now(secret, ahead=1))).status_code == 429


async def test_the_second_step_needs_the_first(town: Town) -> None:
    await town.member("maren")
    await turn_on_codes(await town.signed_in("maren"))
    browser = town.browser()
    await browser.sign_in("maren")
    answer = await browser.send("/auth/sign_in/code", proof="bm90IGEgcHJvb2Y=", code="123456")
    assert answer.status_code == 422
    assert 'action="/auth/sign_in"' in answer.text


async def test_turning_codes_off_takes_the_password(town: Town) -> None:
    await town.member("maren")
    browser = await town.signed_in("maren")
    await turn_on_codes(browser)
    await browser.open("/auth/settings")
    answer = await browser.send("/auth/settings/two_factor/disable", current_password="wrong")
    assert answer.status_code == 422
    assert "That is not your current password." in answer.text
    await browser.open("/auth/settings")
    assert (
        await browser.send("/auth/settings/two_factor/disable", current_password=PASSWORD)
    ).status_code == 303
    assert (await town.browser().sign_in("maren")).status_code == 303


async def test_a_one_time_link_works_once_and_only_for_a_while(town: Town) -> None:
    account_id = await town.member("maren", password=None)
    services = town.services
    now = services.clock.now()

    async def link(hours: int) -> str:
        async with services.database.transaction() as tx:
            made = now - timedelta(hours=2)
            secret = await make_one_time_link(
                tx, account_id, Purpose.FIRST_SIGN_IN, lifetime_hours=hours, now=made
            )
        return f"/auth/password/{secret}"

    expired = await link(1)
    assert (await town.browser().open(expired)).status_code == 410
    replaced = await link(24)
    path = await link(24)
    assert (await town.browser().open(replaced)).status_code == 410
    browser = town.browser()
    assert "Welcome, @maren" in (await browser.open(path)).text
    answer = await browser.send(path, password="short", password_again="short")
    assert answer.status_code == 422
    assert 'aria-describedby="password-hint password-error"' in answer.text
    answer = await browser.send(path, password=PASSWORD, password_again=PASSWORD + "x")
    assert answer.status_code == 422
    assert (await browser.send(path, password=PASSWORD, password_again=PASSWORD)).status_code == 303
    assert await browser.signed_in()
    assert (await town.browser().open(path)).status_code == 410
    assert (await town.browser().sign_in("maren")).status_code == 303


async def test_a_link_replaces_a_password_and_not_the_second_factor(town: Town) -> None:
    account_id = await town.member("maren")
    await turn_on_codes(await town.signed_in("maren"))
    services = town.services
    async with services.database.transaction() as tx:
        secret = await make_one_time_link(
            tx, account_id, Purpose.RESET, lifetime_hours=1, now=services.clock.now()
        )
    browser = town.browser()
    await browser.open(f"/auth/password/{secret}")
    new = "lantern quay otter"
    answer = await browser.send(f"/auth/password/{secret}", password=new, password_again=new)
    assert answer.headers["location"] == "/auth/sign_in"
    assert not await browser.signed_in()
    assert "Enter your code" in (await browser.sign_in("maren", new)).text


async def test_a_pending_or_suspended_account_hears_why(settings: Settings) -> None:
    async with open_town(settings, registrations="approval") as town:
        browser = town.browser()
        await browser.open("/auth/sign_up")
        fields = {"username": "waiting", "email": "w@example.org", "password": PASSWORD, "agreement": "1"}
        answer = await browser.send("/auth/sign_up", **fields, reason="I live here")
        assert answer.status_code == 200
        assert "with the moderators" in answer.text
        answer = await town.browser().sign_in("waiting")
        assert "waiting for approval" in answer.text
        assert "waiting for approval" not in (await town.browser().sign_in("waiting", "wrong")).text
        account_id = await town.member("maren")
        async with town.services.database.transaction() as tx:
            await suspend_account(tx, account_id, now=town.services.clock.now())
        # Where it is said what was decided, and why; nothing else opens.
        closed = town.browser()
        assert (await closed.sign_in("maren")).headers["location"] == "/statements"
        assert not await closed.signed_in()
        assert "suspended" not in (await town.browser().sign_in("maren", "wrong")).text


async def test_sessions_end_after_their_life_and_after_idleness(town: Town) -> None:
    services = town.services
    account_id = await town.member("maren")
    clock = FixedClock(services.clock.now())
    limits = SessionLimits(lifetime_days=10, idle_days=3)
    reader = SessionReader(services.database, clock, limits)

    async def fresh() -> str:
        async with services.database.transaction() as tx:
            return await start_session(tx, account_id, Device("x", None), limits=limits, now=clock.now())

    used, idle = await fresh(), await fresh()
    for _ in range(9):
        clock.advance(timedelta(days=1))
        assert await reader.find(used) is not None
    assert await reader.find(idle) is None
    clock.advance(timedelta(days=1))
    assert await reader.find(used) is None
    async with services.database.transaction() as tx:
        assert await purge_expired_sessions(tx, now=clock.now()) == 2


async def test_nothing_secret_is_logged(
    town: Town, capfd: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    account_id = await town.member("maren")
    services = town.services
    async with services.database.transaction() as tx:
        secret = await make_one_time_link(
            tx, account_id, Purpose.RESET, lifetime_hours=1, now=services.clock.now()
        )
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    configure_logging(services.settings, "web")
    try:
        browser = town.browser()
        await browser.sign_in("maren", "a wrong password")
        await browser.sign_in("maren")
        cookie = browser.client.cookies["holdfast_session"]
        # The package has a table of that name, so the module is asked for by hand.
        monkeypatch.setattr(sys.modules["holdfast.edge.public.one_time_links"], "look_up_link", _broken)
        answer = await browser.open(f"/auth/password/{secret}")
        assert answer.status_code == 500
        assert "Something went wrong here" in answer.text
    finally:
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
    said = capfd.readouterr()
    assert "page.failed" in said.err
    for hidden in (secret, cookie, PASSWORD, "a wrong password"):
        assert hidden not in said.err + said.out
        assert hidden not in answer.text


async def _broken(*_: object, **__: object) -> None:
    raise RuntimeError("on purpose")


async def test_hashes_tell_nothing_and_differ(town: Town) -> None:
    assert await hash_password(PASSWORD) != await hash_password(PASSWORD)
    await town.member("maren")
    row = await town.services.database.fetchrow("select to_jsonb(u) as row from users u")
    assert row is not None
    assert PASSWORD not in json.dumps(row["row"])
    assert "$argon2id$" in row["row"]
