"""A Chromium for tests of the app, and people who use it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from holdfast.edge.public import app_is_built
from tests.support.whole_server import PASSWORD

FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
# On a busy machine a page takes longer than Playwright would wait.
PATIENCE_MS = 45_000


@contextmanager
def open_chromium(*, needs_app: bool = True) -> Iterator[Browser]:
    """The browser that CHROMIUM names, or that is on the path; the test is skipped where there is none, or no app."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium: set CHROMIUM to the path of one; NOTHING of the app was tried in a browser")
    if needs_app and not app_is_built():
        pytest.skip("the app is not built: run make app; NOTHING of it was tried in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """Somebody at the app, in a browser of their own. `complaints`: what the console said went wrong."""

    def __init__(self, browser: Browser, url: str, name: str, **options: object) -> None:
        self.url, self.name = url, name
        self.context: BrowserContext = browser.new_context(
            locale="en-GB",
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)

    def sign_in(self) -> None:
        """By the pages that everybody signs in with, which lead back into the app."""
        self.page.goto(f"{self.url}/app/home")
        self.page.wait_for_url("**/app/welcome")
        self.page.get_by_role("link", name="Sign in").click()
        self.page.fill("input[name=login]", self.name)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url("**/app/home")
        self.page.get_by_role("heading", name="Home").wait_for()

    def open(self, path: str) -> None:
        """Go to an address of the app."""
        self.page.goto(self.url + path)
        self.page.wait_for_load_state("networkidle")

    def write(self, text: str) -> None:
        """A post, from the keyboard to the button."""
        self.page.locator("body").press("n")
        self.page.get_by_role("textbox", name="Text of the post").fill(text)
        self.send()

    def send(self) -> None:
        """Send what the composer holds, and wait until it is closed."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Post", exact=True).click()
        dialog.wait_for(state="detached")

    def post(self, text: str) -> object:
        """The post with this text, once it is shown."""
        found = self.page.locator("[data-post]", has_text=text).first
        found.wait_for()
        return found

    def close(self) -> None:
        """The browser is closed."""
        self.context.close()
