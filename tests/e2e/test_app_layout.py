"""Nothing of a page lies outside the window: on a phone in French, from right to left, and at 200 % zoom."""

from __future__ import annotations

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
