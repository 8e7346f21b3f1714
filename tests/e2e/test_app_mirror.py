"""Who runs the server sees at the desk whether the site would come back; who only moderates does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.chromium import AXE, PATIENCE_MS, Person
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)
_AXE = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"


@pytest.fixture
def olga(chromium: Browser, server: WholeServer) -> Iterator[Person]:
    server.add_member("olga")
    person = Person(chromium, server.url, "olga", viewport={"width": 390, "height": 844}, has_touch=True)
    server.command("account", "set-role", "olga", "moderator")
    person.sign_in()
    yield person
    person.close()


def test_the_mirror_is_seen_by_who_may_change_settings(server: WholeServer, olga: Person) -> None:
    olga.open("/app/desk/mirror")
    expect(olga.page.get_by_text("This page is for those who run the server")).to_be_visible()
    expect(olga.page.get_by_role("link", name="Mirror")).to_have_count(0)
    expect(olga.page.get_by_role("heading", name="Drills")).to_have_count(0)
    server.command("account", "set-role", "olga", "admin")
    olga.open("/app/desk/mirror")
    expect(olga.page.get_by_role("link", name="Mirror")).to_be_visible()
    expect(olga.page.get_by_text("There is no mirror: when this machine is gone")).to_be_visible()
    expect(olga.page.get_by_text("No drill passed within eight days.")).to_be_visible()
    expect(olga.page.get_by_text("certificate authority")).to_be_visible()
    for scheme in ("light", "dark"):
        olga.page.emulate_media(color_scheme=scheme)
        olga.page.evaluate(AXE.read_text())
        assert not [one["id"] for one in olga.page.evaluate(_AXE)["violations"]]
