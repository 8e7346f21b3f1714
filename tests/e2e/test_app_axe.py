"""axe-core finds nothing: on every page, and in everything that opens over one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.support.chromium import AXE, PATIENCE_MS, Person
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)

_ADDRESSES = (
    "/app/home", "/app/local", "/app/public", "/app/explore", "/app/explore?q=tide", "/app/notifications",
    "/app/conversations", "/app/bookmarks", "/app/favourites", "/app/lists", "/app/scheduled", "/app/requests",
    "/app/settings", "/app/settings/profile", "/app/settings/appearance", "/app/settings/filters",
    "/app/settings/blocks", "/app/settings/notifications", "/app/about", "/app/@ann", "/app/@ann/followers/list",
    "/app/tags/tide", "/app/nothing/here", "/app/decisions", "/app/reports",
)  # fmt: skip
_RULES = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"


def violations(person: Person, where: str) -> list[str]:
    """What axe-core finds wrong on the page that is shown."""
    assert AXE.exists(), "web/node_modules is missing: run make app"
    person.page.evaluate(AXE.read_text())
    return [
        f"{where}: {one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary'][:300]}"
        for one in person.page.evaluate(_RULES)["violations"]
    ]


@pytest.fixture(scope="module")
def written(
    server: WholeServer, ann: Person, ben: Person, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Things to look at: a thread with a picture and a poll, a list, a draft, a post for later. Names to addresses."""
    picture = tmp_path_factory.mktemp("axe") / "reef.png"
    Image.new("RGB", (640, 400), (40, 110, 120)).save(picture)

    def client(name: str) -> httpx2.Client:
        headers = {"authorization": f"Bearer {server.token(name)}"}
        return httpx2.Client(base_url=server.url, headers=headers, timeout=60)

    with client("ann") as ann_says, client("ben") as ben_says:
        media = ann_says.post(
            "/api/v2/media", files={"file": picture.read_bytes()}, data={"description": "A reef"}
        ).json()
        while ann_says.get(f"/api/v1/media/{media['id']}").status_code == 206:
            pass
        root = ann_says.post(
            "/api/v1/statuses", json={"status": "#tide tables", "media_ids": [media["id"]]}
        ).json()
        poll = {"options": ["Six", "Seven"], "expires_in": 3600}
        ann_says.post(
            "/api/v1/statuses", json={"status": "When? #tide", "in_reply_to_id": root["id"], "poll": poll}
        )
        ben_says.post(
            "/api/v1/statuses",
            json={"status": "@ann Early.", "in_reply_to_id": root["id"], "spoiler_text": "Plans"},
        )
        ben_says.post("/api/v1/statuses", json={"status": "@ann Alone?", "visibility": "direct"})
        ben_says.post("/api/v1/statuses", json={"status": "Later.", "scheduled_at": "2099-01-01T00:00:00Z"})
        ben_says.post(
            "/api/v2/filters",
            json={"title": "rain", "context": ["home"], "keywords_attributes": [{"keyword": "rain"}]},
        )
        made = ben_says.post("/api/v1/lists", json={"title": "Shore"}).json()
        found = ben_says.get("/api/v1/accounts/lookup", params={"acct": "ann"}).json()
        ben_says.post(f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": [found["id"]]})
    ben.open("/app/home")
    ben.page.locator("body").press("n")
    ben.page.get_by_role("textbox", name="Text of the post").fill("Not finished")
    ben.page.keyboard.press("Escape")
    ben.page.get_by_role("dialog").wait_for(state="detached")
    return {
        "thread": f"/app/@ann/{root['id']}",
        "list": f"/app/lists/{made['id']}",
        "members": f"/app/lists/{made['id']}/members",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe(ben: Person, written: dict[str, str], scheme: str) -> None:
    ben.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found = []
    for address in (*_ADDRESSES, *written.values()):
        ben.open(address)
        found += violations(ben, address)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_in_passes_axe(chromium: Browser, server: WholeServer, scheme: str) -> None:
    visitor = Person(
        chromium, server.url, "nobody", color_scheme=scheme, viewport={"width": 1280, "height": 900}
    )
    try:
        found = []
        for address in ("/app/welcome", "/app/local", "/app/about"):
            visitor.open(address)
            found += violations(visitor, address)
        assert not found, "\n".join(found)
    finally:
        visitor.close()


def _compose(person: Person, tmp_path: Path) -> None:
    dialog = person.page.get_by_role("dialog")
    person.page.locator("body").press("n")
    person.page.get_by_role("textbox", name="Text of the post").fill("Everything at once")
    dialog.get_by_role("button", name="Content warning").click()
    dialog.get_by_role("button", name="Post it later").click()
    picture = tmp_path / "axe.png"
    Image.new("RGB", (300, 200), (40, 110, 120)).save(picture)
    dialog.locator("input[type=file]").set_input_files(str(picture))
    dialog.get_by_role("slider").wait_for()
    dialog.get_by_role("button", name="Emoji", exact=True).click()
    dialog.get_by_role("button", name="grinning face", exact=True).wait_for()


def _poll(person: Person, tmp_path: Path) -> None:
    person.page.locator("body").press("n")
    person.page.get_by_role("dialog").get_by_role("button", name="Poll").click()
    person.page.get_by_role("textbox", name="Text of the post").press_sequentially("@an")
    person.page.get_by_role("option").first.wait_for()


def _keys(person: Person, tmp_path: Path) -> None:
    person.page.locator("body").press("?")


def _viewer(person: Person, tmp_path: Path) -> None:
    person.page.get_by_role("button", name=re.compile("^Open the picture")).first.click()


def _report(person: Person, tmp_path: Path) -> None:
    person.page.locator("[data-post]").first.get_by_role("button", name="More").click()
    person.page.get_by_role("menuitem", name="Report").click()


def _menu(person: Person, tmp_path: Path) -> None:
    person.page.locator("[data-post]").first.get_by_role("button", name="More").click()
    person.page.get_by_role("menu").wait_for()


@pytest.mark.parametrize("open_it", [_compose, _poll, _keys, _viewer, _report, _menu])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_over_a_page_passes_axe(
    ben: Person, written: dict[str, str], tmp_path: Path, scheme: str, open_it: Callable[[Person, Path], None]
) -> None:
    ben.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    ben.open(written["thread"])
    open_it(ben, tmp_path)
    if open_it is not _menu:
        ben.page.get_by_role("dialog").wait_for()
    assert not (found := violations(ben, open_it.__name__)), "\n".join(found)
