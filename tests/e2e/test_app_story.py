"""One member's first day, from sign-up to the last post taken back, in one piece and without a step beside the app."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from tests.support.chromium import PATIENCE_MS, Person
from tests.support.push_browser import hand_push_message_over, stand_in_for_vendor
from tests.support.push_service import Device, PushService, push_service_thread
from tests.support.whole_server import PASSWORD, WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)


def _shown(person: Person, text: str) -> Locator:
    return person.page.locator("[data-post]", has_text=text).first


def _sign_up(person: Person) -> None:
    page = person.page
    page.goto(f"{person.url}/app/home")
    page.get_by_role("link", name="Sign up").click()
    page.fill("input[name=username]", person.name)
    page.fill("input[name=email]", f"{person.name}@example.org")
    page.fill("input[name=password]", PASSWORD)
    if page.locator("input[name=date_of_birth]").count():
        page.fill("input[name=date_of_birth]", "1990-01-01")
    page.check("input[name=agreement]")
    page.click("main button[type=submit]")
    page.wait_for_url("**/app/home")
    page.get_by_role("heading", name="Home").wait_for()


def _post_a_picture(person: Person, folder: Path) -> None:
    picture = folder / "pier.png"
    Image.new("RGB", (800, 500), (40, 90, 120)).save(picture)
    person.open("/app/home")
    person.page.locator("body").press("n")
    person.page.get_by_role("textbox", name="Text of the post").fill("The pier, before the storm.")
    dialog = person.page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(str(picture))
    dialog.get_by_role("textbox", name="Description").fill("An empty pier under a dark sky")
    person.send()


def _turn_push_on(person: Person, service: PushService, device: Device) -> None:
    person.open("/app/settings/notifications")
    person.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    stand_in_for_vendor(person.page, f"{service.url}/of/{person.name}", device)
    with person.page.expect_response("**/api/v1/push/subscription") as answered:
        person.page.get_by_role("button", name="Turn on on this device").click()
    assert answered.value.status == 200, answered.value.text()


def _next_message(person: Person, service: PushService) -> bytes:
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not service.messages:
        assert time.monotonic() < deadline, "no push message came"
        person.page.wait_for_timeout(100)
    return service.messages[0].body


def _write_offline_correct_and_take_back(dora: Person, ann: Person) -> None:
    dora.open("/app/home")
    dora.context.set_offline(True)
    expect(dora.page.get_by_text("You are offline")).to_be_visible()
    dora.write("Rihgt you are.")
    expect(dora.page.get_by_text("1 post waits to be sent")).to_be_visible()
    expect(ann.page.get_by_text("Rihgt you are.")).to_have_count(0)
    dora.context.set_offline(False)
    card = _shown(dora, "Rihgt you are.")
    expect(card).to_be_visible()
    ann.page.get_by_role("button", name="1 new post").click()
    expect(_shown(ann, "Rihgt you are.")).to_be_visible()

    card.get_by_role("button", name="More").click()
    dora.page.get_by_role("menuitem", name="Edit").click()
    dora.page.get_by_role("textbox", name="Text of the post").fill("Right you are.")
    dora.page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(_shown(ann, "Right you are.")).to_be_visible()

    card = _shown(dora, "Right you are.")
    card.get_by_role("button", name="More").click()
    dora.page.get_by_role("menuitem", name="Delete").click()
    card.get_by_role("button", name="Delete").click()
    expect(dora.page.get_by_text("Right you are.")).to_have_count(0)
    expect(ann.page.get_by_text("Right you are.")).to_have_count(0)


def test_the_first_day_of_a_member(
    chromium: Browser, server: WholeServer, ann: Person, tmp_path: Path
) -> None:
    dora = Person(chromium, server.url, "dora", viewport={"width": 390, "height": 844}, has_touch=True)
    device = Device()
    try:
        dora.context.grant_permissions(["notifications"], origin=server.url)
        _sign_up(dora)
        ann.open("/app/@dora")
        ann.page.get_by_role("button", name="Follow", exact=True).click()
        ann.page.get_by_role("button", name="Following", exact=True).wait_for()
        ann.open("/app/home")

        _post_a_picture(dora, tmp_path)
        ann.page.get_by_role("button", name=re.compile("new post")).click()
        picture = _shown(ann, "before the storm").get_by_role("img", name="An empty pier under a dark sky")
        expect(picture).to_be_visible()

        with push_service_thread() as service:
            _turn_push_on(dora, service, device)
            _shown(ann, "before the storm").get_by_role("button", name=re.compile("^Reply")).click()
            box = ann.page.get_by_role("textbox", name="Text of the post")
            expect(box).to_have_value("@dora ")
            box.press_sequentially("Stay off it tonight.")
            ann.send()
            bell = dora.page.get_by_role("link", name=re.compile("Notifications.*unread"))
            expect(bell).to_be_visible()
            text = device.read({"content-encoding": "aes128gcm"}, _next_message(dora, service)).decode()
        message = json.loads(text)
        assert message["web_push"] == 8030
        assert "Stay off it tonight." in message["notification"]["body"]
        [[title, body, _]] = hand_push_message_over(dora, text)
        assert "ann" in title
        assert "Stay off it tonight." in body
        bell.click()
        expect(_shown(dora, "Stay off it tonight.")).to_be_visible()

        _write_offline_correct_and_take_back(dora, ann)
        dora.open("/app/@dora")
        expect(_shown(dora, "before the storm")).to_be_visible()
        expect(dora.page.get_by_text("Right you are.")).to_have_count(0)
        assert ann.complaints == []
    finally:
        dora.close()
