"""Two-factor sign-in as a member meets it: set up from the app's settings, a code, a recovery code, turned off again."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Page, expect

from holdfast.pure.totp import hotp, secret_from_text, step_at
from tests.support.chromium import PATIENCE_MS, Person
from tests.support.whole_server import PASSWORD, WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)


def _code(secret: bytes, steps: int = 0) -> str:
    """What an authenticator shows now, or so many steps from now: a code opens once, and clocks may be a step apart."""
    return hotp(secret, step_at(time.time()) + steps)


def _password(page: Page) -> None:
    """Out of the account, and the first step back in."""
    page.get_by_role("button", name="Sign out").first.click()
    page.goto(page.url.split("/auth")[0] + "/auth/sign_in?next=/auth/settings")
    page.get_by_label("Name or e-mail address").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()


def _second(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()


def test_a_member_sets_up_two_factor_sign_in_uses_it_and_turns_it_off(
    chromium: Browser, server: WholeServer
) -> None:
    person = Person(chromium, server.url, "ann", viewport={"width": 390, "height": 844}, has_touch=True)
    try:
        person.sign_in()
        page = person.page
        person.open("/app/settings")
        page.get_by_role("link", name="Password, two-factor, devices, apps").click()
        page.get_by_role("link", name="Set up").click()
        expect(page.get_by_role("img", name="QR code")).to_be_visible()
        secret = secret_from_text(page.locator(".key code").inner_text())
        assert secret is not None
        page.get_by_label("Code that the app shows now").fill("000000")
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Turn on").click()
        expect(page.locator(".key code")).to_have_text(
            " ".join(page.locator(".key code").inner_text().split())
        )
        assert secret_from_text(page.locator(".key code").inner_text()) == secret
        page.get_by_label("Code that the app shows now").fill(_code(secret, -1))
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Turn on").click()
        expect(page.get_by_role("status")).to_contain_text("Two-factor sign-in is on")
        recovery = page.locator(".codes code").all_inner_texts()
        assert len(recovery) == len(set(recovery)) >= 8
        page.get_by_role("link", name="I have kept them").click()

        _password(page)
        _second(page, "123456")
        expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
        _second(page, _code(secret, 1))
        expect(page.get_by_role("heading", name="Sign-in and access")).to_be_visible()

        _password(page)
        _second(page, recovery[0])
        expect(page.get_by_text(f"{len(recovery) - 1} recovery codes left")).to_be_visible()
        _password(page)
        _second(page, recovery[0])
        expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
        _second(page, recovery[1])

        page.get_by_text("Turn off", exact=True).click()
        page.locator("#disable-password").fill(PASSWORD)
        page.get_by_role("button", name="Turn off two-factor sign-in").click()
        expect(page.get_by_text("Off", exact=True)).to_be_visible()
        person.open("/app/home")
        page.get_by_role("heading", name="Home").wait_for()
    finally:
        person.close()
