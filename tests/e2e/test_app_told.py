"""What a member is told in the app: a held post, a decision with its reasons and the appeal, what came of a report."""

from __future__ import annotations

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.test_app_axe import violations
from tests.support.chromium import PATIENCE_MS, Person
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.browser, pytest.mark.e2e]
expect.set_options(timeout=PATIENCE_MS)
_API = "/api/holdfast/v1"


class Staff:
    """Somebody of the team, by the API."""

    def __init__(self, server: WholeServer, name: str) -> None:
        server.add_member(name)
        server.command("account", "set-role", name, "owner")
        token = server.token(name, "read write admin:read admin:write")
        self._client = httpx2.Client(
            base_url=server.url, headers={"authorization": f"Bearer {token}"}, timeout=60
        )

    def get(self, path: str) -> list[dict[str, str]]:
        answer = self._client.get(path)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, str]] = answer.json()
        return found

    def post(self, path: str, **form: object) -> dict[str, object]:
        answer = self._client.post(path, json=form)
        assert answer.status_code == 200, answer.text
        made: dict[str, object] = answer.json()
        return made

    def decide(self, post_id: str, *kinds: str) -> None:
        """Open or join the case of a post and decide about it."""
        case = self.post(f"{_API}/cases", post_id=post_id)
        case_id, version = case["id"], case["version"]
        self.post(
            f"{_API}/cases/{case_id}/decide", version=version, policy="harassment",
            facts="The post insults a member.", actions=[{"kind": kind} for kind in kinds],
        )  # fmt: skip

    def answer_appeal(self, outcome: str, text: str) -> None:
        """Answer the appeal against a decision, which is the only one of its kind."""
        (appeal,) = [one for one in self.get(f"{_API}/desk/appeals") if one["kind"] == "decision"]
        self.post(
            f"{_API}/desk/appeals/{appeal['id']}/answer",
            version=appeal["version"],
            outcome=outcome,
            answer=text,
        )


@pytest.fixture(scope="module")
def olga(server: WholeServer) -> Staff:
    return Staff(server, "olga")


@pytest.fixture(scope="module")
def pia(server: WholeServer) -> Staff:
    return Staff(server, "pia")


def _by_name(person: Person, text: str) -> str:
    """The id of a post that is shown."""
    found = person.page.locator("[data-post]", has_text=text).first
    found.wait_for()
    ident = found.get_attribute("data-post")
    assert ident
    return ident


def _until_told(server: WholeServer, name: str, kind: str) -> None:
    """The worker has made the notification, so that the page shows it when it is opened."""
    headers = {"authorization": f"Bearer {server.token(name)}"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60) as client:
        while not client.get("/api/v1/notifications", params={"types[]": kind}).json():
            pass


def test_a_held_post_says_what_comes_next_and_is_appealed(ann: Person) -> None:
    ann.open("/app/home")
    ann.write("A quince is no apple.")
    card = ann.page.locator("[data-post]", has_text="A quince is no apple.").first
    expect(card).to_contain_text("A person looks at this; until then only you see it.")
    card.get_by_role("link", name="What happens next, and how to appeal").click()
    expect(ann.page.get_by_role("heading", name="Held for review")).to_be_visible()
    expect(ann.page.get_by_text("it is shown again by itself")).to_be_visible()
    ann.page.get_by_label("Why it is wrong").fill("It is a recipe.")
    ann.page.get_by_role("button", name="Appeal", exact=True).click()
    expect(ann.page.get_by_role("heading", name="Your appeal")).to_be_visible()
    expect(ann.page.get_by_text("It is a recipe.")).to_be_visible()
    ann.open("/app/decisions")
    expect(ann.page.get_by_role("heading", name="1 post waits for a person")).to_be_visible()


def test_a_decision_is_read_appealed_answered_and_taken_back(
    server: WholeServer, ann: Person, ben: Person, olga: Staff, pia: Staff
) -> None:
    ann.open("/app/home")
    ann.write("What a noodle you are.")
    ident = _by_name(ann, "What a noodle you are.")
    ben.open(f"/app/@ann/{ident}")
    ben.page.locator(".focused").get_by_role("button", name="More").click()
    ben.page.get_by_role("menuitem", name="Report").click()
    ben.page.get_by_role("dialog").get_by_label("Something else").check()
    ben.page.get_by_role("dialog").get_by_label("What should we know?").fill("It is meant badly.")
    ben.page.get_by_role("button", name="Send the report").click()
    expect(ben.page.get_by_role("dialog")).to_have_count(0)
    ben.open("/app/reports")
    expect(ben.page.get_by_role("article", name="@ann")).to_contain_text("It waits for a person")
    olga.decide(ident, "withdraw")

    _until_told(server, "ann", "moderation_warning")
    ann.open("/app/notifications")
    told = ann.page.get_by_role("article").filter(has_text="Your post was taken away")
    told.get_by_role("link", name="Read why, or appeal").click()
    expect(ann.page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(ann.page.get_by_text("The post insults a member.")).to_be_visible()
    assert violations(ann, "a decision") == []
    ann.page.get_by_label("Why it is wrong").fill("A noodle is a compliment here.")
    ann.page.get_by_role("button", name="Appeal", exact=True).click()
    expect(ann.page.get_by_text("It is answered by")).to_be_visible()
    ann.page.get_by_label("Add something").fill("Ask anybody.")
    ann.page.get_by_role("button", name="Add", exact=True).click()
    expect(ann.page.get_by_text("Ask anybody.")).to_be_visible()

    _until_told(server, "ben", "holdfast.report_outcome")
    ben.open("/app/notifications")
    outcome = ben.page.get_by_role("article").filter(has_text="What you reported was looked at")
    expect(outcome).to_contain_text("It was found to break the rules")
    outcome.get_by_role("link", name="My reports").click()
    expect(ben.page.get_by_role("article", name="@ann")).to_contain_text("something was done about it")
    assert violations(ben, "my reports") == []

    pia.answer_appeal("overturned", "So it is.")
    ann.page.reload()
    expect(ann.page.get_by_text("Your appeal was right: the decision was taken back.")).to_be_visible()
    expect(ann.page.get_by_text("So it is.")).to_be_visible()
    ann.open("/app/decisions")
    expect(ann.page.get_by_text("This decision was taken back.")).to_be_visible()
    assert violations(ann, "decisions about me") == []
    ben.open(f"/app/@ann/{ident}")
    expect(ben.page.locator(".focused")).to_contain_text("What a noodle you are.")


def test_who_is_suspended_is_led_to_the_reasons_and_reads_them(
    chromium: Browser, server: WholeServer, olga: Staff
) -> None:
    server.add_member("dora")
    person = Person(chromium, server.url, "dora", viewport={"width": 390, "height": 844}, has_touch=True)
    try:
        person.sign_in()
        person.write("Nothing but trouble.")
        olga.decide(_by_name(person, "Nothing but trouble."), "suspend")
        page = person.page
        page.goto(f"{server.url}/auth/sign_in?next=/app/enter")
        page.fill("input[name=login]", "dora")
        page.fill("input[name=password]", "correct horse battery staple")
        page.click("main button[type=submit]")
        expect(page.get_by_role("heading", name="Decisions about your account")).to_be_visible()
        page.get_by_role("link", name="Your account is suspended").click()
        expect(page.get_by_text("Your account is suspended")).to_be_visible()
        expect(page.get_by_role("heading", name="Appeal this decision")).to_be_visible()
    finally:
        person.close()
