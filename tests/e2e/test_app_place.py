"""Where a reader was in the home timeline is found again, here and on other devices."""

from __future__ import annotations

import re

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.support.chromium import PATIENCE_MS, Person
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)

_IN_SIGHT = """
[...document.querySelectorAll('[data-row]')]
  .map((one) => [one.dataset.row, Math.round(one.getBoundingClientRect().top)]).find((one) => one[1] > 60)
"""


def _say(server: WholeServer, name: str, texts: list[str]) -> None:
    headers = {"authorization": f"Bearer {server.token(name)}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60) as client:
        for text in texts:
            assert client.post("/api/v1/statuses", json={"status": text}).status_code == 200


def test_a_reload_leaves_the_reader_at_the_same_line_and_what_is_new_waits(
    ben: Person, server: WholeServer
) -> None:
    _say(server, "ann", [f"Morning note {n}. " + "Sand and slate. " * (n % 5) for n in range(45)])
    ben.open("/app/home")
    expect(ben.page.get_by_text("Morning note 44.")).to_be_visible()
    while ben.page.locator("[data-post]", has_text="Morning note 12.").count() == 0:
        ben.page.mouse.wheel(0, 2000)
        ben.page.wait_for_timeout(50)
    ben.page.wait_for_timeout(800)
    before = ben.page.evaluate(_IN_SIGHT)
    # What comes while nobody looks: the app is away in the meantime.
    ben.page.goto("about:blank")
    _say(server, "ann", ["While you were away, one.", "While you were away, two."])
    ben.open("/app/home")
    expect(ben.page.get_by_role("button", name="2 new posts")).to_be_visible()
    ben.page.wait_for_timeout(500)
    after = ben.page.evaluate(_IN_SIGHT)
    assert after[0] == before[0]
    assert abs(after[1] - before[1]) <= 3
    ben.page.get_by_role("button", name="2 new posts").click()
    expect(ben.page.get_by_text("While you were away, two.")).to_be_visible()
    assert ben.complaints == []


def test_another_device_goes_on_where_this_one_was(
    chromium: Browser, ben: Person, server: WholeServer
) -> None:
    ben.open("/app/home")
    ben.page.wait_for_timeout(300)
    ben.page.goto("about:blank")
    _say(server, "ann", ["Evening, one.", "Evening, two.", "Evening, three."])
    tablet = Person(chromium, server.url, "ben", viewport={"width": 900, "height": 1000})
    try:
        tablet.sign_in()
        pill = tablet.page.get_by_role("button", name="3 new posts")
        expect(pill).to_be_visible()
        expect(tablet.page.get_by_text("While you were away, two.")).to_be_visible()
        expect(tablet.page.get_by_text("Evening, one.")).to_have_count(0)
        pill.click()
        expect(tablet.page.get_by_text("Evening, three.")).to_be_visible()
        tablet.page.wait_for_timeout(300)
    finally:
        tablet.close()
    # Read there is read here.
    ben.open("/app/home")
    expect(ben.page.get_by_text("Evening, three.")).to_be_visible()
    expect(ben.page.get_by_role("button", name=re.compile("new post"))).to_have_count(0)


def test_after_a_long_absence_the_gap_is_named_and_closed(ben: Person, server: WholeServer) -> None:
    ben.page.goto("about:blank")
    _say(server, "ann", [f"Long absence {n}." for n in range(30)])
    ben.open("/app/home")
    pill = ben.page.get_by_role("button", name="More than 20 new posts")
    expect(pill).to_be_visible()
    expect(ben.page.get_by_text("Evening, three.")).to_be_visible()
    pill.click()
    expect(ben.page.get_by_text("Long absence 29.")).to_be_visible()
    while ben.page.get_by_text("Evening, three.").count() == 0:
        ben.page.mouse.wheel(0, 3000)
        ben.page.wait_for_timeout(50)
    expect(ben.page.get_by_text("Long absence 0.")).to_have_count(1)
