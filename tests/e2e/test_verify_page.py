"""The page that a bundle carries, in a real browser without a network: a good bundle, a changed one, an unpacked one."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Page, async_playwright

from holdfast.platform.config import Settings
from tests.support.bundles import small_bundle
from tests.support.chromium import FLAGS
from tests.support.site import open_site


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip(
            "no Chromium: set CHROMIUM to the path of one; the page of bundles was NOT tried in a browser"
        )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        context = await browser.new_context(offline=True)
        opened = await context.new_page()
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
        yield opened
        await browser.close()
        assert complaints == []


async def outcome(page: Page, path: Path) -> int:
    """Give the page a file, and wait for what it says."""
    await page.reload()
    await page.set_input_files("#file", str(path))
    await page.wait_for_selector("#verdict[data-outcome]")
    return int(await page.get_attribute("#verdict", "data-outcome") or -1)


async def test_the_carried_page_verifies_a_bundle_and_finds_what_was_changed(
    page: Page, settings: Settings, tmp_path: Path
) -> None:
    async with open_site(settings) as site:
        bundle = await small_bundle(site, tmp_path)
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "out")
    [folder] = (tmp_path / "out").iterdir()
    await page.goto((folder / "verify" / "verify.html").as_uri())
    assert await outcome(page, bundle) == 0
    if pictures := os.environ.get("PICTURES"):
        await page.screenshot(path=f"{pictures}/verify-good.png", full_page=True)
    assert "Everything was verified" in await page.inner_text("#verdict")
    kinds = await page.locator("summary .kind").all_inner_texts()
    assert {"report.received", "decision", "sor.sent"} <= set(kinds)
    await page.locator("summary", has_text="sor.sent").first.click()
    assert "harassment" in await page.locator("details[open] pre").last.inner_text()

    whole = bundle.read_bytes()
    changed = tmp_path / "changed.zip"
    for place in (10, len(whole) // 3, len(whole) // 2, len(whole) - 3):
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert await outcome(page, changed) == 30, place
        assert "NOT verified" in await page.inner_text("#verdict")
        assert await page.locator("summary").count() == 0, "nothing is shown of a bundle that is not verified"
    if pictures:
        await page.screenshot(path=f"{pictures}/verify-bad.png", full_page=True)

    await page.reload()
    await page.set_input_files("#folder", str(folder))
    await page.wait_for_selector("#verdict[data-outcome]")
    assert await page.get_attribute("#verdict", "data-outcome") == "0"


async def test_the_carried_page_knows_ed25519_without_the_browsers_help(page: Page) -> None:
    carried = Path(__file__).parents[2] / "src/holdfast/trust/evidence/carried/verify.html"
    await page.goto(carried.as_uri())
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, message = key.public_key().public_bytes_raw(), b"evidence"
    signature = key.sign(message)
    check = "([k, s, m]) => plainEd25519(Uint8Array.from(k), Uint8Array.from(s), Uint8Array.from(m))"
    assert await page.evaluate(check, [list(public), list(signature), list(message)]) is True
    for place in (0, 31, 32, 63):
        wrong = bytearray(signature)
        wrong[place] ^= 1
        assert await page.evaluate(check, [list(public), list(wrong), list(message)]) is False
    assert await page.evaluate(check, [list(public), list(signature), list(b"evidencE")]) is False
