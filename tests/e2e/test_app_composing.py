"""Everything that a post can carry, written in the app; and what the app says about a post that is not shown to others."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from tests.support.chromium import PATIENCE_MS, Person
from tests.support.push_browser import hand_push_message_over, stand_in_for_vendor
from tests.support.push_service import Device
from tests.support.whole_server import PASSWORD, WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)


def _shown(person: Person, text: str) -> Locator:
    return person.page.locator("[data-post]", has_text=text).first


def _compose(person: Person, text: str) -> Locator:
    person.open("/app/home")
    person.page.locator("body").press("n")
    person.page.get_by_role("textbox", name="Text of the post").fill(text)
    return person.page.get_by_role("dialog")


def _client(server: WholeServer, name: str, scopes: str = "read write follow push") -> httpx2.Client:
    headers = {"authorization": f"Bearer {server.token(name, scopes)}"}
    return httpx2.Client(base_url=server.url, headers=headers, timeout=60)


def _newest(server: WholeServer, name: str) -> dict[str, Any]:
    with _client(server, name) as client:
        me = client.get("/api/v1/accounts/verify_credentials").json()["id"]
        found: dict[str, Any] = client.get(f"/api/v1/accounts/{me}/statuses").json()[0]
        return found


def test_a_picture_is_sent_with_its_description(ann: Person, server: WholeServer, tmp_path: Path) -> None:
    picture = tmp_path / "reef.png"
    Image.new("RGB", (640, 400), (40, 110, 120)).save(picture)
    dialog = _compose(ann, "The reef at noon.")
    dialog.locator("input[type=file]").set_input_files(str(picture))
    words = dialog.get_by_role("textbox", name="Description")
    words.fill("A grey reef under a high sun")
    ann.send()
    card = _shown(ann, "The reef at noon.")
    expect(card.get_by_role("img", name="A grey reef under a high sun")).to_be_visible()
    assert _newest(server, "ann")["media_attachments"][0]["description"] == "A grey reef under a high sun"
    card.get_by_role("button", name=re.compile("^Open the picture")).click()
    expect(ann.page.get_by_role("dialog")).to_contain_text("A grey reef under a high sun")
    ann.page.keyboard.press("Escape")
    expect(ann.page.get_by_role("dialog")).to_have_count(0)
    assert ann.complaints == []


def test_a_poll_is_asked_and_answered(ann: Person, ben: Person) -> None:
    dialog = _compose(ann, "Which boat?")
    dialog.get_by_role("button", name="Poll").click()
    dialog.get_by_role("textbox", name="Choice 1").fill("The red one")
    dialog.get_by_role("textbox", name="Choice 2").fill("The blue one")
    ann.send()
    ben.open("/app/@ann")
    card = _shown(ben, "Which boat?")
    card.get_by_role("radio", name="The blue one").check()
    card.get_by_role("button", name="Vote").click()
    expect(card).to_contain_text("100%")
    expect(card).to_contain_text("1 person")
    assert ben.complaints == []


def test_a_post_is_quoted_and_its_author_takes_it_out_again(
    ann: Person, ben: Person, server: WholeServer
) -> None:
    ann.open("/app/home")
    ann.write("Quote me on the tide.")
    ben.open("/app/@ann")
    card = _shown(ben, "Quote me on the tide.")
    card.get_by_role("button", name=re.compile("^Boost or quote")).click()
    ben.page.get_by_role("menuitem", name="Quote").click()
    box = ben.page.get_by_role("textbox", name="Text of the post")
    expect(ben.page.get_by_role("dialog")).to_contain_text("Quote me on the tide.")
    box.fill("I do quote you.")
    ben.send()
    ben.open("/app/@ben")
    expect(_shown(ben, "I do quote you.")).to_contain_text("Quote me on the tide.")
    ann.open("/app/@ben")
    card = _shown(ann, "I do quote you.")
    card.get_by_role("button", name="More").click()
    ann.page.get_by_role("menuitem", name="Take my post out").click()
    card.get_by_role("button", name="Take it out").click()
    expect(card).not_to_contain_text("Quote me on the tide.")
    assert _newest(server, "ben")["quote"]["state"] == "revoked"


def test_a_post_is_kept_for_later(ann: Person, server: WholeServer) -> None:
    dialog = _compose(ann, "This is for tomorrow.")
    dialog.get_by_role("button", name="Post it later").click()
    later = (datetime.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    dialog.locator("input[type=datetime-local]").fill(later)
    dialog.get_by_role("button", name="Schedule", exact=True).click()
    dialog.wait_for(state="detached")
    ann.open("/app/scheduled")
    expect(ann.page.get_by_text("This is for tomorrow.")).to_be_visible()
    with _client(server, "ann") as client:
        [waiting] = client.get("/api/v1/scheduled_statuses").json()
    due = datetime.fromisoformat(waiting["scheduled_at"]).astimezone()
    assert due.strftime("%Y-%m-%dT%H:%M") == later


def test_the_author_of_a_held_post_is_told_what_happens_next(ann: Person, ben: Person) -> None:
    ann.open("/app/home")
    ann.write("My apple is ripe.")
    ann.write("My quince is ripe.")
    card = _shown(ann, "My quince is ripe.")
    expect(card).to_contain_text("Held for review")
    expect(card.get_by_role("link", name="Rules of this server")).to_be_visible()
    ben.open("/app/@ann")
    expect(_shown(ben, "My apple is ripe.")).to_be_visible()
    expect(ben.page.get_by_text("My quince is ripe.")).to_have_count(0)


def test_a_decision_about_a_member_is_shown_with_its_reasons(ben: Person, server: WholeServer) -> None:
    server.add_member("olga")
    server.command("account", "set-role", "olga", "owner")
    with _client(server, "olga", "read write admin:read admin:write") as client:
        found = client.get("/api/v1/accounts/lookup", params={"acct": "ben"}).json()["id"]
        told = client.post(
            f"/api/v1/admin/accounts/{found}/action",
            data={"type": "none", "text": "Please name your sources.", "send_email_notification": "false"},
        )
        assert told.status_code == 200, told.text
    ben.open("/app/notifications")
    statement = ben.page.get_by_role("article").filter(has_text="Please name your sources.")
    expect(statement).to_be_visible()
    expect(statement).to_contain_text("The moderators decided something about your account")
    expect(statement.get_by_role("link", name="Rules")).to_be_visible()


def test_two_accounts_share_a_browser_and_keep_apart(chromium: Browser, server: WholeServer) -> None:
    server.add_member("cleo")
    person = Person(chromium, server.url, "ann", viewport={"width": 1280, "height": 900})
    try:
        person.sign_in()
        page = person.page
        page.get_by_role("button", name="Account", exact=True).click()
        page.get_by_role("menuitem", name="Add an account").click()
        page.fill("input[name=login]", "cleo")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/app/home")
        expect(page.locator(".rail .me")).to_contain_text("@cleo")
        person.write("Cleo writes this.")
        page.get_by_role("button", name="Account", exact=True).click()
        page.get_by_role("menuitem", name="Switch to @ann").click()
        expect(page.locator(".rail .me")).to_contain_text("@ann")
        page.get_by_role("heading", name="Home").wait_for()
        expect(page.get_by_text("Cleo writes this.")).to_have_count(0)
        person.write("And ann writes that.")
    finally:
        person.close()
    assert "And ann writes that." in _newest(server, "ann")["content"]
    assert "Cleo writes this." in _newest(server, "cleo")["content"]


def test_push_is_asked_for_by_a_gesture_and_a_message_is_shown(
    chromium: Browser, server: WholeServer
) -> None:
    """Chromium has no push service without its vendor: what the vendor would do is done by hand on both sides."""
    device = Device()
    person = Person(chromium, server.url, "ann", viewport={"width": 1280, "height": 900})
    try:
        person.context.grant_permissions(["notifications"], origin=server.url)
        person.sign_in()
        page = person.page
        person.open("/app/settings/notifications")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        stand_in_for_vendor(page, "https://push.example/device", device)
        with page.expect_response("**/api/v1/push/subscription") as answered:
            page.get_by_role("button", name="Turn on on this device").click()
        assert answered.value.status == 200, answered.value.text()
        assert answered.value.json()["endpoint"] == "https://push.example/device"
        assert page.evaluate("window.asked") == {"visible": True, "key": 65}

        message = {"title": "Ben mentioned you", "body": "The boat is in.", "notification_id": "77"}
        shown = hand_push_message_over(person, json.dumps(message))
        assert shown == [["Ben mentioned you", "The boat is in.", "77"]]
    finally:
        person.close()


def test_a_newer_app_is_offered_and_taken_when_the_reader_says_so(
    chromium: Browser, server: WholeServer
) -> None:
    person = Person(chromium, server.url, "ann", viewport={"width": 1280, "height": 900})
    try:
        person.sign_in()
        page = person.page
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        person.open("/app/home")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        # Another address of the same file is another version to the browser.
        page.evaluate(
            "navigator.serviceWorker.register('/app/sw.js?newer', { scope: '/app/' }).then(() => true)"
        )
        take = page.get_by_role("button", name="Use it", exact=True)
        expect(take).to_be_visible()
        with page.expect_navigation():
            take.click()
        page.get_by_role("heading", name="Home").wait_for()
        assert page.evaluate("navigator.serviceWorker.controller.scriptURL").endswith("?newer")
    finally:
        person.close()
