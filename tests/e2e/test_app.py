"""The app in a real browser, against a whole server."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.support.chromium import PATIENCE_MS, Person
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)


def _shown(person: Person, text: str) -> Locator:
    return person.page.locator("[data-post]", has_text=text).first


def test_a_post_is_seen_live_answered_and_told(ann: Person, ben: Person) -> None:
    ben.open("/app/home")
    ann.open("/app/home")
    ann.write("The tide is out. Who comes along?")
    expect(_shown(ann, "Who comes along?")).to_be_visible()

    pill = ben.page.get_by_role("button", name="1 new post")
    expect(pill).to_be_visible()
    expect(_shown(ben, "Who comes along?")).to_have_count(0)
    pill.click()
    expect(_shown(ben, "Who comes along?")).to_be_visible()

    _shown(ben, "Who comes along?").get_by_role("button", name=re.compile("^Reply")).click()
    box = ben.page.get_by_role("textbox", name="Text of the post")
    expect(box).to_have_value("@ann ")
    box.press_sequentially("I do, in ten minutes.")
    ben.send()

    bell = ann.page.get_by_role("link", name=re.compile("Notifications")).first
    # The new follower and the answer.
    expect(bell).to_contain_text("2")
    bell.click()
    expect(_shown(ann, "in ten minutes")).to_be_visible()
    _shown(ann, "in ten minutes").locator("time").click()
    expect(ann.page).to_have_url(re.compile(r"/app/@ben/\d+$"))
    expect(_shown(ann, "Who comes along?")).to_be_visible()
    assert ann.complaints == []
    assert ben.complaints == []


def test_a_favourite_is_shown_at_once_and_taken_back_when_the_server_refuses(
    ann: Person, ben: Person
) -> None:
    ann.open("/app/home")
    ann.write("Hearts come and go.")
    ben.open("/app/@ann")
    heart = _shown(ben, "Hearts come and go.").get_by_role("button", name=re.compile("^Favourite"))
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    ben.page.route("**/unfavourite", lambda route: route.fulfill(status=500, body="{}"))
    heart.click()
    expect(ben.page.get_by_role("status").filter(has_text="The server has a problem")).to_be_visible()
    expect(heart).to_have_attribute("aria-pressed", "true")
    ben.page.unroute("**/unfavourite")
    ben.complaints.clear()


def test_what_is_written_offline_is_sent_once_when_the_network_is_back(ann: Person, ben: Person) -> None:
    ann.open("/app/home")
    ann.context.set_offline(True)
    expect(ann.page.get_by_text("You are offline")).to_be_visible()
    ann.write("Written in a tunnel.")
    expect(ann.page.get_by_text("1 post waits to be sent")).to_be_visible()
    ann.context.set_offline(False)
    expect(_shown(ann, "Written in a tunnel.")).to_be_visible()
    ben.open("/app/@ann")
    expect(ben.page.locator("[data-post]", has_text="Written in a tunnel.")).to_have_count(1)
    ann.complaints.clear()


def test_the_app_opens_and_timelines_can_be_read_without_a_network(ann: Person) -> None:
    ann.open("/app/home")
    ann.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    ann.open("/app/home")
    ann.context.set_offline(True)
    try:
        ann.page.goto(f"{ann.url}/app/home")
        expect(_shown(ann, "Who comes along?")).to_be_visible()
    finally:
        ann.context.set_offline(False)
        ann.complaints.clear()


def test_a_post_can_be_edited_and_deleted(ann: Person) -> None:
    ann.open("/app/home")
    ann.write("This has a tpyo.")
    card = _shown(ann, "This has a tpyo.")
    card.get_by_role("button", name="More").click()
    ann.page.get_by_role("menuitem", name="Edit").click()
    ann.page.get_by_role("textbox", name="Text of the post").fill("This has no typo.")
    ann.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    card = _shown(ann, "This has no typo.")
    expect(card).to_be_visible()
    card.get_by_role("button", name="More").click()
    ann.page.get_by_role("menuitem", name="Delete").click()
    card.get_by_role("button", name="Delete").click()
    expect(ann.page.locator("[data-post]", has_text="This has no typo.")).to_have_count(0)


def test_the_keyboard_is_enough(ann: Person) -> None:
    ann.open("/app/home")
    press = ann.page.keyboard.press
    expect(ann.page.locator("[data-post]").first).to_be_visible()
    press("j")
    first = ann.page.locator("[data-post]").first
    expect(first).to_be_focused()
    press("j")
    expect(ann.page.locator("[data-post]").nth(1)).to_be_focused()
    press("k")
    expect(first).to_be_focused()
    pressed = first.get_by_role("button", name=re.compile("^Favourite")).get_attribute("aria-pressed")
    press("f")
    expect(first.get_by_role("button", name=re.compile("^Favourite"))).to_have_attribute(
        "aria-pressed", "false" if pressed == "true" else "true"
    )
    press("r")
    box = ann.page.get_by_role("textbox", name="Text of the post")
    expect(box).to_be_focused()
    ann.page.keyboard.type("Typed, never clicked.")
    press("Control+Enter")
    expect(ann.page.get_by_role("dialog")).to_have_count(0)
    press("?")
    expect(ann.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    press("Escape")
    expect(ann.page.get_by_role("dialog")).to_have_count(0)
    press("g")
    press("n")
    expect(ann.page).to_have_url(re.compile("/app/notifications$"))


def test_focus_goes_in_order_is_kept_in_dialogs_and_comes_back(ann: Person) -> None:
    ann.open("/app/home")
    expect(ann.page.get_by_role("heading", name="Home")).to_be_visible()
    press = ann.page.keyboard.press
    inside = "(name) => document.activeElement.closest(name) !== null"
    press("Tab")
    expect(ann.page.get_by_role("link", name="Skip to content")).to_be_focused()
    press("Tab")
    assert ann.page.evaluate(inside, ".rail")
    ann.page.get_by_role("link", name="Skip to content").focus()
    press("Enter")
    press("Tab")
    assert ann.page.evaluate(inside, "main")
    write = ann.page.locator(".rail").get_by_role("button", name="New post")
    write.focus()
    press("Enter")
    expect(ann.page.get_by_role("textbox", name="Text of the post")).to_be_focused()
    seen = set()
    for _ in range(14):
        press("Tab")
        # Between the last and the first the browser's own controls may have it, the page behind never.
        assert ann.page.evaluate("() => document.activeElement === document.body") or ann.page.evaluate(
            inside, "dialog"
        )
        seen.add(ann.page.evaluate("() => document.activeElement.getAttribute('aria-label')"))
    assert {"Add pictures, video or sound", "Emoji", "Post it later", "Close"} <= seen
    press("Escape")
    expect(ann.page.get_by_role("dialog")).to_have_count(0)
    expect(write).to_be_focused()


_SEEN_FIRST = """
[...document.querySelectorAll('[data-post]')]
  .map((one) => [one.dataset.post, Math.round(one.getBoundingClientRect().top)]).find((one) => one[1] > 60)
"""
_SHIFTS = """
new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestIdleCallback(() => done(sum), { timeout: 2000 });
})
"""


def test_a_long_timeline_is_drawn_in_part_and_the_place_in_it_is_found_again(
    ann: Person, server: WholeServer
) -> None:
    headers = {"authorization": f"Bearer {server.token('ben')}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60) as client:
        for number in range(90):
            words = {"status": f"Note {number}. " + "Kelp, tide and stone. " * (number % 7)}
            assert client.post("/api/v1/statuses", json=words).status_code == 200
    ann.open("/app/@ben")
    assert ann.page.evaluate(_SHIFTS) < 0.1
    while ann.page.locator("[data-post]", has_text="Note 3.").count() == 0:
        ann.page.mouse.wheel(0, 2500)
        ann.page.wait_for_timeout(50)
    assert ann.page.locator("[data-post]").count() < 40
    ann.page.evaluate("scrollTo(0, 6000)")
    ann.page.wait_for_timeout(500)
    before = ann.page.evaluate(_SEEN_FIRST)
    ann.page.locator(f"[data-post='{before[0]}'] header time").click()
    ann.page.wait_for_url(f"**/{before[0]}")
    ann.page.get_by_role("heading", name="Post", exact=True).wait_for()
    ann.page.go_back()
    ann.page.locator(f"[data-post='{before[0]}']").wait_for()
    ann.page.wait_for_timeout(500)
    assert ann.page.evaluate(_SEEN_FIRST) == before


def test_people_are_put_into_a_list_and_taken_out(ben: Person, ann: Person) -> None:
    ben.open("/app/lists")
    ben.page.get_by_role("textbox", name="Name of a new list").fill("Shore")
    ben.page.get_by_role("button", name="Make a list").click()
    ben.page.get_by_role("link", name="Members of Shore").click()
    ben.page.get_by_role("searchbox", name="Find people you follow").fill("ann")
    ben.page.get_by_role("button", name="Add ann").click()
    expect(ben.page.get_by_role("button", name="Take ann out")).to_be_visible()
    ben.page.wait_for_load_state("networkidle")
    ben.page.reload()
    ben.page.get_by_role("button", name="Take ann out").click()
    expect(ben.page.get_by_text("Nobody is in this list yet.")).to_be_visible()
    box = ben.page.get_by_role("textbox", name="Name of the list")
    box.fill("Coast")
    ben.page.get_by_role("button", name="Save").click()
    expect(ben.page.get_by_role("heading", name="Members of Coast")).to_be_visible()
    ben.page.reload()
    expect(ben.page.get_by_text("Nobody is in this list yet.")).to_be_visible()


def test_nothing_is_asked_of_anybody_else(ann: Person) -> None:
    asked: set[str] = set()
    ann.page.on("request", lambda request: asked.add(request.url))
    for address in ("/app/home", "/app/explore", "/app/@ben"):
        ann.open(address)
    assert asked
    assert {url for url in asked if not url.startswith((ann.url, "data:", "blob:"))} == set()


def test_a_reader_who_turned_tokens_off_is_asked_to_sign_in_again(server: WholeServer, ann: Person) -> None:
    ann.page.evaluate(
        "fetch('/api/holdfast/v1/session', {method: 'DELETE', headers: {'X-Holdfast-Account': "
        "JSON.parse(localStorage['holdfast.accounts']).active}})"
    )
    ann.open("/app/notifications")
    expect(ann.page.get_by_text("You are no longer signed in here.").first).to_be_visible()
    assert "holdfast_app" not in ann.page.evaluate("document.cookie")


def test_the_manifest_and_its_icons_are_served(
    server: WholeServer, chromium: Browser, tmp_path: Path
) -> None:
    context = chromium.new_context()
    manifest = context.request.get(f"{server.url}/app/manifest.webmanifest").json()
    assert manifest["start_url"].startswith(manifest["scope"])
    for icon in manifest["icons"]:
        answer = context.request.get(server.url + icon["src"])
        assert answer.ok
        assert answer.headers["content-type"] == icon["type"]
    context.close()
