"""Nothing of a page lies outside the window: on a phone in French, from right to left, and at 200 % zoom."""

from __future__ import annotations

import httpx2
import pytest
from playwright.sync_api import Browser

from tests.support.chromium import Person
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

_ADDRESSES = (
    "/app/home", "/app/explore", "/app/notifications", "/app/lists", "/app/settings", "/app/settings/appearance",
    "/app/settings/filters", "/app/@ann", "/app/about",
)  # fmt: skip
_OUTSIDE = """
() => {
  const width = document.documentElement.clientWidth;
  const head = document.querySelector('main h1').getBoundingClientRect();
  return [document.documentElement.scrollWidth - width, head.left >= 0 && head.right <= width];
}
"""


@pytest.mark.parametrize(
    ("width", "height", "direction"),
    [(360, 740, "ltr"), (360, 740, "rtl"), (640, 450, "ltr"), (1280, 900, "rtl")],
)
def test_no_page_is_wider_than_the_window(
    chromium: Browser, server: WholeServer, ann: Person, width: int, height: int, direction: str
) -> None:
    ann.page.evaluate("localStorage.setItem('holdfast.settings', JSON.stringify({ language: 'fr' }))")
    before = ann.page.viewport_size
    ann.page.set_viewport_size({"width": width, "height": height})
    found = {}
    try:
        for address in _ADDRESSES:
            ann.open(address)
            assert ann.page.evaluate("document.documentElement.lang") == "fr"
            ann.page.evaluate("(direction) => { document.documentElement.dir = direction }", direction)
            wider, head_in_sight = ann.page.evaluate(_OUTSIDE)
            if wider > 0 or not head_in_sight:
                found[address] = (wider, head_in_sight)
    finally:
        assert before is not None
        ann.page.set_viewport_size(before)
        ann.page.evaluate("localStorage.removeItem('holdfast.settings')")
    assert found == {}


# What can be pressed and is not itself what is drawn in its middle, while it lies in the window: something covers it.
_COVERED = """
() => [...document.querySelectorAll("main button, main a[href], main input, main select")].flatMap((one) => {
  const box = one.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  if (!box.width || x < 0 || y < 0 || x > innerWidth || y > innerHeight) return [];
  const over = document.elementFromPoint(x, y);
  return over && over.closest(".float") ? [one.outerHTML.slice(0, 120)] : [];
})
"""


@pytest.mark.parametrize(
    "address", ["/app/@ann", "/app/@ben", "/app/home", "/app/notifications", "/app/explore"]
)
def test_zoomed_in_nothing_lies_over_what_can_be_pressed(
    server: WholeServer, ann: Person, address: str
) -> None:
    before = ann.page.viewport_size
    assert before is not None
    try:
        # 1280 by 900 at 200 %.
        ann.page.set_viewport_size({"width": 640, "height": 450})
        ann.open(address)
        assert ann.page.evaluate(_COVERED) == []
        ann.page.get_by_role("button", name="New post").click()
        ann.page.get_by_role("textbox", name="Text of the post").wait_for()
        ann.page.keyboard.press("Escape")
    finally:
        ann.page.set_viewport_size(before)


_SIDES = """
(words) => {
  const post = [...document.querySelectorAll("[data-post]")].find((one) => one.textContent.includes(words));
  const text = post.querySelector(".rich");
  const [range, box] = [document.createRange(), text.getBoundingClientRect()];
  range.selectNodeContents(text);
  const line = range.getClientRects()[0];
  const face = post.querySelector("img").getBoundingClientRect();
  return {
    direction: getComputedStyle(text).direction,
    right: box.right - [...range.getClientRects()].reduce((most, one) => Math.max(most, one.right), 0),
    faceBefore: face.left < line.left,
  };
}
"""


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_what_is_written_from_right_to_left_begins_at_the_right(
    server: WholeServer, ann: Person, direction: str
) -> None:
    arabic = "صباح الخير من الميناء، المد منخفض اليوم"
    headers = {"authorization": f"Bearer {server.token('ann')}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60) as client:
        for text, language in ((arabic, "ar"), ("Low tide, says the harbour", "en")):
            words = {"status": text, "language": language}
            assert client.post("/api/v1/statuses", json=words).status_code == 200
    ann.open("/app/@ann")
    ann.page.evaluate("(direction) => { document.documentElement.dir = direction }", direction)
    ann.page.locator("[data-post]", has_text=arabic).first.wait_for()
    there, here = (ann.page.evaluate(_SIDES, words) for words in (arabic, "Low tide, says the harbour"))
    # Each post runs as its own words do; the app around it as its reader reads.
    assert there["direction"] == "rtl"
    assert there["right"] < 2
    assert here["direction"] == "ltr"
    assert there["faceBefore"] is here["faceBefore"] is (direction == "ltr")
