"""A moderator's day at the desk by keyboard alone, two moderators at one case, and axe on every page of the desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.support.chromium import AXE, PATIENCE_MS, Person
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)
_AXE = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
_PAGES = (
    "/app/desk", "/app/desk/appeals", "/app/desk/bulk", "/app/desk/rules", "/app/desk/rules/fruit.quince",
    "/app/desk/policies", "/app/desk/quality", "/app/desk/team",
)  # fmt: skip


def _moderator(chromium: Browser, server: WholeServer, name: str, **options: object) -> Person:
    server.add_member(name)
    server.command("account", "set-role", name, "moderator")
    person = Person(chromium, server.url, name, **options)
    person.sign_in()
    return person


@pytest.fixture(scope="module")
def mia(chromium: Browser, server: WholeServer) -> Iterator[Person]:
    person = _moderator(chromium, server, "mia", viewport={"width": 1280, "height": 900})
    yield person
    person.close()


@pytest.fixture(scope="module")
def noor(chromium: Browser, server: WholeServer) -> Iterator[Person]:
    phone = {"width": 390, "height": 844}
    person = _moderator(chromium, server, "noor", viewport=phone, has_touch=True)
    yield person
    person.close()


def _member(server: WholeServer, name: str) -> httpx2.Client:
    headers = {"authorization": f"Bearer {server.token(name)}"}
    return httpx2.Client(base_url=server.url, headers=headers, timeout=60)


def _reported(server: WholeServer, text: str) -> str:
    """A post of ann's that ben reports; its id."""
    with _member(server, "ann") as ann, _member(server, "ben") as ben:
        post = ann.post("/api/v1/statuses", json={"status": text}).json()
        said = {"account_id": post["account"]["id"], "status_ids": [post["id"]], "comment": "Please look"}
        assert ben.post("/api/v1/reports", json=said).is_success
    return str(post["id"])


def _open_case(person: Person, text: str) -> str:
    """The case about the post with this text, opened from the queue; its address."""
    person.open("/app/desk")
    person.page.locator("[data-case]").first.wait_for()
    for row in person.page.locator("[data-case]").all():
        address = str(row.get_attribute("href"))
        person.open(address)
        person.page.get_by_role("region", name="What it is about").wait_for()
        if person.page.get_by_text(text).count():
            return address
        person.open("/app/desk")
    raise AssertionError(f"no case about {text!r}")


def _key(person: Person, key: str) -> None:
    person.page.locator("body").press(key)


def test_a_day_by_keyboard(server: WholeServer, mia: Person, ben: Person) -> None:
    post_id = _reported(server, "The harbour master sells false tickets at the pier")
    mia.open("/app/desk")
    mia.page.locator("[data-case]").first.wait_for()
    _key(mia, "j")
    expect(mia.page.locator("[data-case]").first).to_be_focused()
    address = _open_case(mia, "false tickets")
    expect(mia.page.get_by_text("Please look")).to_be_visible()
    _key(mia, "c")
    expect(mia.page.locator("b", has_text="You have it")).to_be_visible()
    _key(mia, "w")
    dialog = mia.page.get_by_role("dialog", name="Withdraw")
    expect(dialog.get_by_role("region", name="What changes")).to_contain_text("1 member is sent a statement")
    mia.page.keyboard.press("Control+Enter")
    expect(mia.page.get_by_text("What the member was told")).to_be_visible()
    with _member(server, "ann") as ann, _member(server, "ben") as other:
        assert other.get(f"/api/v1/statuses/{post_id}").status_code == 404
        told = ann.get("/api/holdfast/v1/statements").json()
        assert "false tickets" in told[0]["text"]
        expect(mia.page.get_by_text(told[0]["subject"])).to_be_visible()
        _key(mia, "z")
        expect(mia.page.get_by_text("Taken back.")).to_be_visible()
        assert other.get(f"/api/v1/statuses/{post_id}").is_success
        assert ann.get("/api/holdfast/v1/statements").json()[0]["reverses_id"] == told[0]["id"]
    mia.open(address)
    _key(mia, "c")
    expect(mia.page.locator("b", has_text="You have it")).to_be_visible()
    _key(mia, "x")
    expect(mia.page.locator("b", has_text="Decided: dismissed")).to_be_visible()


def _walk_to(person: Person, text: str) -> None:
    """Open the case about this text from the queue, by keys alone."""
    page = person.page
    page.locator("[data-case]").first.wait_for()
    for row in range(page.locator("[data-case]").count()):
        for _ in range(row + 1):
            _press(person, "j")
        _press(person, "o")
        page.get_by_role("region", name="What it is about").wait_for()
        if page.get_by_text(text).count():
            return
        _press(person, "q")
        page.locator("[data-case]").first.wait_for()
    raise AssertionError(f"no case about {text!r}")


def _press(person: Person, key: str) -> None:
    """Where the focus is."""
    person.page.keyboard.press(key)


def _said_by_two(server: WholeServer) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same by ann and by ben, both reported."""
    text = "Whoever buys at stall nineteen buys stolen fish, everybody at the pier knows it"
    with _member(server, "ann") as author, _member(server, "ben") as other:
        first = author.post("/api/v1/statuses", json={"status": text}).json()
        second = other.post("/api/v1/statuses", json={"status": text}).json()
        for post, reporter in ((first, other), (second, author)):
            said = {"account_id": post["account"]["id"], "status_ids": [post["id"]], "comment": "A lie"}
            assert reporter.post("/api/v1/reports", json=said).is_success
    return first, second


def _overturns(noor: Person, author: httpx2.Client, appeal_id: str) -> None:
    """Somebody else takes the appeal, asks, and answers it, by keyboard alone."""
    noor.open("/app/desk/appeals")
    noor.page.locator("[data-case]").first.wait_for()
    _press(noor, "n")
    expect(noor.page.locator("b", has_text="You have it")).to_be_visible()
    expect(noor.page.get_by_role("region", name="What it is about")).to_contain_text("stall nineteen")
    expect(noor.page.get_by_text("I saw the receipts")).to_be_visible()
    _press(noor, "r")
    noor.page.keyboard.type("Which receipts?")
    _press(noor, "Control+Enter")
    expect(noor.page.locator("li.ours", has_text="Which receipts?")).to_be_visible()
    asked = author.get(f"/api/holdfast/v1/appeals/{appeal_id}").json()
    assert asked["messages"][-1]["text"] == "Which receipts?"
    _press(noor, "Escape")
    _press(noor, "3")
    noor.page.get_by_role("dialog", name="Overturn").wait_for()
    noor.page.keyboard.type("You are right: the receipts show it.")
    _press(noor, "Control+Enter")
    expect(noor.page.get_by_text("Answer: Overturned")).to_be_visible()


def test_an_appeal_by_keyboard_is_overturned_by_somebody_else(
    server: WholeServer, mia: Person, noor: Person, ann: Person
) -> None:
    first, second = _said_by_two(server)
    mia.open("/app/desk")
    _walk_to(mia, "stall nineteen")
    expect(mia.page.get_by_text("1 copy gets the same decision")).to_be_visible()
    _press(mia, "c")
    expect(mia.page.locator("b", has_text="You have it")).to_be_visible()
    _press(mia, "w")
    dialog = mia.page.get_by_role("dialog", name="Withdraw")
    expect(dialog.get_by_role("region", name="What changes")).to_contain_text(
        "2 members are sent a statement"
    )
    shown = dialog.locator(".letter").inner_text()
    assert "only you can see it" in shown
    _press(mia, "Control+Enter")
    expect(mia.page.get_by_text("Decided for 2 things")).to_be_visible()
    with _member(server, "ann") as author, _member(server, "noor") as reader:
        ids = [first["id"], second["id"]]
        assert [reader.get(f"/api/v1/statuses/{one}").status_code for one in ids] == [404, 404]
        statement = author.get("/api/holdfast/v1/statements").json()[0]
        words = "".join(statement["text"].replace("## ", "").replace("- ", "").split())
        assert words in "".join(shown.replace("•", "").split()), "what was shown is what was sent"
        appeal = author.post(
            "/api/holdfast/v1/appeals", json={"statement_id": statement["id"], "reason": "I saw the receipts"}
        )
        assert appeal.is_success, appeal.text
        # Whoever decided first is not given it.
        mia.open("/app/desk/appeals")
        mia.page.locator("[data-case]").first.wait_for()
        _press(mia, "j")
        _press(mia, "o")
        expect(mia.page.get_by_text("You had a part in what this is against")).to_be_visible()
        expect(mia.page.get_by_role("button", name="Overturn")).to_have_count(0)
        _overturns(noor, author, appeal.json()["id"])
        assert [reader.get(f"/api/v1/statuses/{one}").status_code for one in ids] == [200, 200]
        told = author.get("/api/holdfast/v1/statements").json()[0]
        assert told["reverses_id"] == statement["id"]
        answered = author.get(f"/api/holdfast/v1/appeals/{appeal.json()['id']}").json()
        assert (answered["outcome"], answered["answer"]) == (
            "overturned",
            "You are right: the receipts show it.",
        )
    ann.open(f"/app/@ann/{first['id']}")
    ann.post("stall nineteen")


def test_every_action_is_offered_and_asks_for_what_it_needs(server: WholeServer, mia: Person) -> None:
    _reported(server, "Cheap berths at https://berths.example/now")
    with _member(server, "ben") as other:
        again = other.post("/api/v1/statuses", json={"status": "I use https://berths.example/now too"}).json()
    _open_case(mia, "Cheap berths")
    _key(mia, "m")
    dialog = mia.page.get_by_role("dialog", name="Decision")
    choice = dialog.get_by_label("What is decided")
    assert choice.locator("option").count() == 21
    choice.select_option("block_link")
    expect(dialog.get_by_label("Link or host")).to_have_value("berths.example/now")
    # Whether the other one is a copy in the case by now or not, both are withdrawn.
    expect(dialog.get_by_text("Shown: Withdrawn: 2 of 2 change")).to_be_visible()
    dialog.get_by_label("And also").select_option("suspend")
    expect(dialog.get_by_label("Until")).to_have_value("30")
    dialog.get_by_label("Template").select_option("repeated")
    dialog.get_by_label("To fill in: earlier").fill("on 3 May")
    expect(dialog.locator(".letter")).to_contain_text("on 3 May")
    expect(dialog.locator(".letter")).to_contain_text("This ends by itself")
    dialog.get_by_role("button", name="Leave out: Suspend").click()
    mia.page.keyboard.press("Control+Enter")
    expect(mia.page.get_by_text("Decided for 2 things")).to_be_visible()
    with _member(server, "noor") as reader:
        assert reader.get(f"/api/v1/statuses/{again['id']}").status_code == 404


def test_two_moderators_never_decide_one_case_twice(server: WholeServer, mia: Person, noor: Person) -> None:
    _reported(server, "All lobsters of this bay are liars")
    address = _open_case(mia, "lobsters of this bay")
    noor.open(address)
    _key(mia, "c")
    expect(mia.page.locator("b", has_text="You have it")).to_be_visible()
    _key(mia, "x")
    expect(mia.page.locator("b", has_text="Decided: dismissed")).to_be_visible()
    _key(noor, "x")
    expect(noor.page.get_by_role("alert")).to_contain_text("Somebody else was faster")
    with _member(server, "mia") as client:
        client.headers["authorization"] = f"Bearer {server.token('mia', 'admin:read admin:write')}"
        case_id = re.sub(r".*/", "", address)
        made = client.get("/api/holdfast/v1/decisions", params={"case_id": case_id}).json()
    assert len(made) == 1


def test_members_have_no_desk(ben: Person) -> None:
    ben.open("/app/desk")
    expect(ben.page.get_by_text("The desk is for moderators")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_desk_passes_axe(server: WholeServer, noor: Person, scheme: str) -> None:
    noor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    _reported(server, f"The ferry will never come ({scheme})")
    address = _open_case(noor, f"never come ({scheme})")
    found = []
    for where in (*_PAGES, address, f"{address}+w", f"{address}+m", f"{address}+a", f"{address}+?"):
        path, _, key = where.partition("+")
        noor.open(path)
        if key:
            _key(noor, key)
            noor.page.get_by_role("dialog").wait_for()
        noor.page.evaluate(AXE.read_text())
        for one in noor.page.evaluate(_AXE)["violations"]:
            node = one["nodes"][0]
            found.append(f"{where}: {one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}")
    assert not found, "\n".join(found)
