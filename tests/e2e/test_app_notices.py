"""A letter at the notice desk: entered, sorted, decided by keyboard, answered, closed; axe, and a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.test_app_desk import _AXE, _key, _member
from tests.e2e.test_app_layout import _OUTSIDE
from tests.support.chromium import AXE, PATIENCE_MS, Person
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)
_DESK = "/api/holdfast/v1/desk/notices"


@pytest.fixture(scope="module")
def mia(chromium: Browser, server: WholeServer) -> Iterator[Person]:
    server.add_member("mia")
    server.command("account", "set-role", "mia", "admin")
    person = Person(chromium, server.url, "mia", viewport={"width": 1280, "height": 900})
    person.sign_in()
    yield person
    person.close()


@pytest.fixture(scope="module")
def api(server: WholeServer, mia: Person) -> Iterator[httpx2.Client]:
    """The desk's API, to look at what became of it."""
    with _member(server, "mia") as client:
        client.headers["authorization"] = f"Bearer {server.token('mia', 'admin:read admin:write')}"
        yield client


def _step(person: Person, name: str) -> None:
    """Take a step by its button."""
    person.page.get_by_role("group", name="Steps").get_by_role("button", name=name).click()
    dialog = person.page.get_by_role("dialog", name=name)
    dialog.locator("form button.primary").click()
    dialog.wait_for(state="detached")


def _field(dialog: Locator, label: str) -> Locator:
    """By its label alone: the text of one with a choice in it has every option in it too."""
    return dialog.locator(f'label.field:has(> span:text-is("{label}"))').locator("input, select, textarea")


def _enter(person: Person, url: str) -> None:
    """A letter of a host, typed in."""
    person.open("/app/desk/notices")
    person.page.get_by_role("button", name="Enter a letter or call").click()
    dialog = person.page.get_by_role("dialog", name="Enter a letter or call")
    _field(dialog, "Kind").select_option("host.abuse")
    _field(dialog, "Written as").select_option("host")
    _field(dialog, "Organisation").fill("Cloud Ltd")
    _field(dialog, "Subject").fill("Abuse at your address")
    _field(dialog, "What it says").fill("Please remove this within a day.")
    _field(dialog, "Addresses it names").fill(url)
    dialog.locator("button.primary").click()
    expect(person.page.get_by_role("heading", name="Abuse at your address")).to_be_visible()


def test_a_letter_is_entered_decided_answered_and_closed(
    server: WholeServer, mia: Person, api: httpx2.Client
) -> None:
    with _member(server, "ann") as ann:
        post = ann.post("/api/v1/statuses", json={"status": "Fake parcels at the pier for everybody"}).json()
    _enter(mia, post["url"])
    page = mia.page
    address = page.url
    one = f"{_DESK}/{address.rpartition('/')[2]}"
    expect(page.get_by_text("Cloud Ltd").first).to_be_visible()
    _step(mia, "Acknowledge")
    expect(page.locator("header .stage")).to_have_text("Acknowledged")
    _step(mia, "Sorted")
    expect(page.locator("header .stage")).to_have_text("Sorted")

    # Decided as every case is, by keyboard; the item has its outcome by that.
    _case_of(api, one)
    page.reload()
    page.get_by_role("link", name="Decide the case").click()
    expect(page.get_by_text("Fake parcels").first).to_be_visible()
    _key(mia, "c")
    expect(page.locator("b", has_text="You have it")).to_be_visible()
    _key(mia, "w")
    dialog = page.get_by_role("dialog", name="Withdraw")
    expect(dialog.get_by_role("region", name="What changes")).to_contain_text("1 member is sent a statement")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("What the member was told")).to_be_visible()
    _wait_for_outcome(api, one)
    mia.open(address.removeprefix(server.url))
    expect(page.locator("b.outcome", has_text="Acted on")).to_be_visible()

    # Answered: gaps are filled in, what is shown is what goes.
    page.get_by_role("button", name="Compose an answer").click()
    page.get_by_label("What is done so that it does not happen again").fill("A rule holds such posts.")
    page.get_by_label("What we dispute, and why").fill("Nothing.")
    page.get_by_role("button", name="Show what would be sent").click()
    expect(page.locator("pre", has_text="A rule holds such posts.")).to_be_visible()
    page.get_by_role("button", name="Send this").click()
    expect(page.locator("header .stage")).to_have_text("Answered")
    (given,) = api.get(f"{one}/answers").json()
    assert "A rule holds such posts." in given["text"]
    _step(mia, "Close")
    expect(page.locator("header .stage")).to_have_text("Closed")
    expect(page.get_by_role("group", name="Steps")).to_have_count(0)
    told = api.get(one).json()
    assert (told["state"], told["outcome"]) == ("closed", "actioned")

    assert told["reference"] in _handed_out(mia)


def _handed_out(person: Person) -> str:
    """A summary for a lawyer, as a file."""
    page = person.page
    page.get_by_text("Hand out", exact=True).click()
    page.get_by_label("For whom").fill("Cloud Ltd's lawyers")
    page.get_by_label("Why", exact=True).fill("They asked")
    with page.expect_download() as download:
        page.get_by_role("button", name="Summary").click()
    return download.value.path().read_text()


def _case_of(api: httpx2.Client, one: str) -> None:
    """Wait until the worker has opened the case."""
    _until(api, one, "case_id")


def _wait_for_outcome(api: httpx2.Client, one: str) -> None:
    _until(api, one, "outcome")


def _until(api: httpx2.Client, one: str, name: str) -> Any:
    for _ in range(600):
        (item,) = api.get(f"{one}/items").json()
        if item[name]:
            return item[name]
    raise AssertionError(f"the item got no {name}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_notices_pass_axe_and_fit_a_phone(
    server: WholeServer, mia: Person, api: httpx2.Client, scheme: str
) -> None:
    made = api.post(
        _DESK,
        json={
            "preset": "host.abuse", "channel": "letter", "capacity": "host", "organisation": "Cloud Ltd", "text": "Look " * 60,
            "subject": "A second letter", "urls": "https://elsewhere.example/a-very-long-address/" + "x" * 120,
        },
    ).json()  # fmt: skip
    page, before = mia.page, mia.page.viewport_size
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 360, "height": 740})
    found = []
    try:
        for address in ("/app/desk/notices", f"/app/desk/notices/{made['id']}"):
            mia.open(address)
            page.get_by_text("A second letter").first.wait_for()
            for fold in page.locator("main details").all():
                fold.evaluate("(one) => { one.open = true }")
            page.wait_for_load_state("networkidle")
            if page.get_by_role("button", name="Compose an answer").count():
                page.get_by_role("button", name="Compose an answer").click()
                page.locator("pre").last.wait_for()
            assert page.evaluate(_OUTSIDE) == [0, True], address
            page.evaluate(AXE.read_text())
            for one in page.evaluate(_AXE)["violations"]:
                node = one["nodes"][0]
                found.append(f"{address}: {one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}")
    finally:
        assert before is not None
        page.set_viewport_size(before)
    assert not found, "\n".join(found)
