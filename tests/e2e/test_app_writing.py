"""Help with writing: emoji, completion, what of a picture stays in sight, and edits of posts with pictures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.support.chromium import PATIENCE_MS, Person
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module", autouse=True)
def _emoji(server: WholeServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    picture = tmp_path_factory.mktemp("emoji") / "kelp.png"
    Image.new("RGBA", (64, 64), (20, 120, 60, 255)).save(picture)
    server.command("emoji", "add", "kelp", str(picture))


def _compose(person: Person, text: str = "") -> Locator:
    person.open("/app/home")
    person.page.locator("body").press("n")
    box = person.page.get_by_role("textbox", name="Text of the post")
    box.press_sequentially(text)
    return box


def _newest(server: WholeServer, name: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {server.token(name)}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60) as client:
        me = client.get("/api/v1/accounts/verify_credentials").json()["id"]
        found: dict[str, Any] = client.get(f"/api/v1/accounts/{me}/statuses").json()[0]
        return found


def test_emoji_are_picked_by_keyboard_and_drawn_in_the_post(ann: Person, server: WholeServer) -> None:
    box = _compose(ann, "Tide")
    page, dialog = ann.page, ann.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Emoji", exact=True).press("Enter")
    search = dialog.get_by_role("searchbox", name="Find an emoji")
    expect(search).to_be_focused()
    search.press_sequentially("water wave")
    expect(dialog.get_by_role("button", name="water wave")).to_be_visible()
    search.press("Enter")
    expect(box).to_have_value("Tide🌊")
    search.fill("kelp")
    search.press("ArrowDown")
    expect(dialog.get_by_role("button", name=":kelp:")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box).to_have_value("Tide🌊 :kelp: ")
    search.fill("")
    # What was used stands first from the next time on; arrows walk the grid.
    dialog.get_by_role("button", name="grinning face", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    expect(dialog.get_by_role("button", name="grinning face", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    expect(dialog).to_be_visible()
    ann.send()
    card = page.locator("[data-post]", has_text="Tide🌊").first
    expect(card.get_by_role("img", name=":kelp:")).to_be_visible()
    _compose(ann)
    dialog.get_by_role("button", name="Emoji", exact=True).click()
    expect(dialog.get_by_role("group", name="Used lately").get_by_role("button")).to_have_count(2)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert ann.complaints == []


@pytest.mark.parametrize(
    ("typed", "offered", "written"),
    [
        ("Hello @be", "ben @ben", "Hello @ben "), ("So much :kel", ":kelp:", "So much :kelp: "),
        ("A :waving", "👋 waving hand", "A 👋 "), ("Low #fieldn", "#fieldnotes", "Low #fieldnotes "),
    ],
)  # fmt: skip
def test_what_is_begun_is_completed(
    ann: Person, ben: Person, server: WholeServer, typed: str, offered: str, written: str
) -> None:
    if "#" in typed:
        ann.open("/app/home")
        ann.write("Kelp today. #fieldnotes")
    box = _compose(ann, typed)
    option = ann.page.get_by_role("option").filter(has_text=offered).first
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-activedescendant", "completion-0")
    while option.get_attribute("aria-selected") != "true":
        box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value(written)
    expect(ann.page.get_by_role("listbox", name="Suggestions")).to_have_count(0)
    assert ann.complaints == []


def test_a_focal_point_is_set_by_pointer_and_keys_and_kept_by_an_edit(
    ann: Person, server: WholeServer, tmp_path: Path
) -> None:
    picture = tmp_path / "cliff.png"
    Image.new("RGB", (600, 400), (90, 80, 70)).save(picture)
    _compose(ann, "The cliff.")
    dialog = ann.page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(str(picture))
    ring = dialog.get_by_role("slider", name="What stays in sight")
    expect(ring).to_be_visible()
    expect(dialog.locator(".whole img")).to_have_js_property("complete", True)
    box = dialog.locator(".pad").bounding_box()
    assert box is not None
    ann.page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25)
    expect(ring).to_have_attribute("aria-valuetext", "75 % from the left, 25 % from the top")
    ring.press("ArrowRight")
    dialog.get_by_role("textbox", name="Description").fill("A cliff")
    ann.send()
    meta = _newest(server, "ann")["media_attachments"][0]["meta"]
    assert meta["focus"]["x"] == pytest.approx(0.6, abs=0.03)
    assert meta["focus"]["y"] == pytest.approx(0.5, abs=0.03)

    card = ann.page.locator("[data-post]", has_text="The cliff").first
    card.get_by_role("button", name="More").click()
    ann.page.get_by_role("menuitem", name="Edit").click()
    ann.page.get_by_role("textbox", name="Text of the post").fill("The cliff, from the sea.")
    dialog.get_by_role("button", name="Describe").click()
    dialog.get_by_role("textbox", name="Description").fill("A cliff, seen from a boat")
    dialog.get_by_role("slider", name="What stays in sight").press("Home")
    dialog.locator("input[type=file]").set_input_files(str(picture))
    expect(dialog.get_by_role("button", name="Describe picture 2")).to_be_visible()
    dialog.get_by_role("textbox", name="Description").fill("The same cliff again")
    dialog.get_by_role("button", name="Save").click()
    dialog.wait_for(state="detached")
    expect(ann.page.get_by_role("img", name="A cliff, seen from a boat")).to_be_visible()
    first, second = _newest(server, "ann")["media_attachments"]
    assert (first["description"], second["description"]) == (
        "A cliff, seen from a boat",
        "The same cliff again",
    )
    assert first["meta"].get("focus", {"x": 0, "y": 0}) == {"x": 0, "y": 0}

    card.get_by_role("button", name="More").click()
    ann.page.get_by_role("menuitem", name="Edit").click()
    dialog.get_by_role("button", name="Remove picture 1").click()
    dialog.get_by_role("button", name="Save").click()
    dialog.wait_for(state="detached")
    [left] = _newest(server, "ann")["media_attachments"]
    assert left["description"] == "The same cliff again"
    assert ann.complaints == []


def test_no_two_buttons_of_the_composer_have_one_name(ann: Person) -> None:
    _compose(ann, "Later, then.")
    dialog = ann.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Post it later").click()
    names = dialog.get_by_role("button").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('aria-label') ?? one.textContent.trim())"
    )
    assert len(names) == len(set(names)), names
    assert any(re.fullmatch("Schedule", name) for name in names)
