"""Pictures of every page, phone and desktop, light and dark: make shots, or python web/scripts/shots.py [pages...].

Starts a server of its own, fills it with a few members and posts, and writes web/shots/. Needs a Chromium; CHROMIUM names it. LOCALE=fr-FR shows
the app in French.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
from holdfast.continuity.drills import Check, CheckName, DrillReport
from tests.support.whole_server import PASSWORD, WholeServer

SHOTS = Path(__file__).parents[1] / "shots"
LOCALE = os.environ.get("LOCALE", "en-GB")
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PEOPLE = {
    "ada": ("Ada Okafor", "Tide pools, slow trains and second-hand books."),
    "bea": ("Bea Lindqvist", "Kelp biologist. Field notes from the north coast."),
    "cem": ("Cem Aydın", "I mend boats and write about it."),
}


def picture(seed: int) -> bytes:
    """A quiet gradient with hills, so that media have something to show."""
    image = Image.new("RGB", (900, 600))
    draw = ImageDraw.Draw(image)
    for y in range(600):
        draw.line([(0, y), (900, y)], fill=(60 + y // 6 + seed * 20, 110 + y // 8, 150 - y // 7))
    for hill in range(4):
        points = [
            (x, 330 + hill * 60 + (x * (seed + hill + 2)) % (90 + hill * 20) // 3) for x in range(0, 920, 20)
        ]
        shade = 90 - hill * 18
        draw.polygon([(0, 600), *points, (900, 600)], fill=(shade // 2, shade + 20, shade))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def fill(server: WholeServer) -> dict[str, str]:
    """Members, posts of every kind; names of some posts to their ids."""
    for name in PEOPLE:
        server.add_member(name)
    tokens = {name: server.token(name) for name in PEOPLE}
    clients = {
        name: httpx2.Client(base_url=server.url, headers={"authorization": f"Bearer {token}"}, timeout=30)
        for name, token in tokens.items()
    }

    def ask(who: str, method: str, path: str, **options: object) -> dict[str, object]:
        answer = clients[who].request(method, path, **options)  # type: ignore[arg-type]
        assert answer.is_success, (path, answer.text)
        return answer.json()  # type: ignore[no-any-return]

    ids = {}
    for name, (shown, note) in PEOPLE.items():
        ids[name] = str(ask(name, "GET", "/api/v1/accounts/verify_credentials")["id"])
        ask(name, "PATCH", "/api/v1/accounts/update_credentials", json={"display_name": shown, "note": note})
    for one in PEOPLE:
        for other in PEOPLE:
            if one != other:
                ask(one, "POST", f"/api/v1/accounts/{ids[other]}/follow")

    def say(who: str, text: str, **more: object) -> str:
        return str(ask(who, "POST", "/api/v1/statuses", json={"status": text, **more})["id"])

    say("cem", "Planking is done. Two weeks later than planned, one week earlier than feared. #boats")
    media = []
    for seed, words in (
        (1, "Hills above a grey sea at dusk"),
        (2, "The same hills, an hour later, nearly dark"),
    ):
        sent = ask(
            "bea",
            "POST",
            "/api/v2/media",
            files={"file": ("a.png", picture(seed), "image/png")},
            data={"description": words},
        )
        media.append(str(sent["id"]))
    for ident in media:
        while clients["bea"].get(f"/api/v1/media/{ident}").status_code == 206:
            pass
    poll = say(
        "ada",
        "Where do we meet on Saturday?",
        poll={"options": ["The harbour", "The library", "Under the oak"], "expires_in": 86400},
    )
    ask(
        "bea",
        "POST",
        f"/api/v1/polls/{ask('bea', 'GET', f'/api/v1/statuses/{poll}')['poll']['id']}/votes",
        json={"choices": [0]},
    )  # type: ignore[index]
    say(
        "bea",
        "The colour of the water was wrong all week, and on Friday we learned why.",
        spoiler_text="Oil spill, dead birds",
    )
    root = say("ada", "Does anybody know why kelp grows back faster on the north side of the pier?")
    answer = say(
        "bea",
        "@ada Less sediment. The current keeps the rock clean, and the holdfast has something to hold on to.",
        in_reply_to_id=root,
    )
    say("ada", "@bea That is the best sentence I will read today.", in_reply_to_id=answer)
    say("cem", "@ada And fewer anchors.", in_reply_to_id=root)
    say("bea", "Sea urchins, too.", quoted_status_id=root)
    ask("cem", "POST", f"/api/v1/statuses/{root}/favourite")
    ask("bea", "POST", f"/api/v1/statuses/{root}/favourite")
    ask("bea", "POST", f"/api/v1/statuses/{root}/reblog")
    pictures = say(
        "bea",
        "Low tide this evening. The holdfasts on the outer reef are as wide as my hand now. #kelp #fieldnotes",
        media_ids=media,
    )
    ask("ada", "POST", f"/api/v1/statuses/{pictures}/favourite")
    ask("ada", "POST", f"/api/v1/statuses/{pictures}/bookmark")
    say("bea", "@ada Are you free on Sunday?", visibility="direct")
    coast = ask("ada", "POST", "/api/v1/lists", json={"title": "Coast"})["id"]
    ask("ada", "POST", f"/api/v1/lists/{coast}/accounts", json={"account_ids": [ids["bea"], ids["cem"]]})
    ask(
        "ada",
        "POST",
        "/api/v2/filters",
        json={"title": "spoilers", "context": ["home"], "keywords_attributes": [{"keyword": "finale"}]},
    )
    ask(
        "ada",
        "POST",
        "/api/v1/statuses",
        json={"status": "Happy birthday to the lighthouse!", "scheduled_at": "2030-05-01T08:00:00Z"},
    )
    for number in range(3):
        tickets = say("cem", f"Cheap ferry tickets, ask me at the pier ({number})")
        about = {"account_id": ids["cem"], "status_ids": [tickets], "comment": "He sells forged tickets"}
        ask("bea", "POST", "/api/v1/reports", json=about)
    appeal = appealed(server, clients["cem"], ids["cem"])
    server.command("account", "set-role", "ada", "admin")
    for client in clients.values():
        client.close()
    desk = {"authorization": f"Bearer {server.token('ada', 'admin:read')}"}
    asked = {"track": "main"}
    cases = httpx2.get(f"{server.url}/api/holdfast/v1/cases", params=asked, headers=desk, timeout=30).json()
    return {
        "thread": answer,
        "pictures": pictures,
        "list": str(coast),
        "case": str(cases[0]["id"]),
        "appeal": appeal,
        "notice": noticed(server, root),
    }


def noticed(server: WholeServer, post: str) -> str:
    """A warning of the host about a post of ours, one that nobody has, and a third thing; its id."""
    desk = {"authorization": f"Bearer {server.token('ada', 'admin:read admin:write')}"}
    warning = {
        "preset": "host.abuse", "channel": "email", "capacity": "host", "organisation": "Harbour Hosting",
        "email": "abuse@hosting.example", "reference": "AB-2207", "subject": "Abuse report for your server",
        "text": "We received complaints about content on your server.\nPlease reply within 24 hours with what was done about each.",
        "urls": f"{server.url}/@ada/{post}\n{server.url}/@nobody/1\nhxxps://elsewhere[.]example/@someone/42",
    }  # fmt: skip
    page = {
        "preset": "report.press", "channel": "phone", "capacity": "press", "name": "Noor Haddad", "organisation": "The Coast Weekly",
        "subject": "A question about your rules", "text": "How many people judge reports on your server?",
    }  # fmt: skip
    made = [
        httpx2.post(f"{server.url}/api/holdfast/v1/desk/notices", json=one, headers=desk, timeout=30)
        for one in (page, warning)
    ]
    assert made[-1].is_success, made[-1].text
    return str(made[-1].json()["id"])


def appealed(server: WholeServer, author: httpx2.Client, author_id: str) -> str:
    """A post of the author's that was taken away, and the appeal against that; its id."""
    server.add_member("dov")
    server.command("account", "set-role", "dov", "moderator")
    token = {"authorization": f"Bearer {server.token('dov', 'admin:read admin:write')}"}
    with httpx2.Client(base_url=f"{server.url}/api/holdfast/v1", headers=token, timeout=30) as desk:
        said = author.post(
            "/api/v1/statuses", json={"status": "The harbour master takes money for berths. Ask anybody."}
        )
        case = desk.post("/cases", json={"post_id": said.json()["id"], "category": "harassment"}).json()
        ruling = {
            "version": case["version"], "actions": [{"kind": "withdraw"}, {"kind": "strike", "severity": 20}],
            "policy": "harassment", "facts": "You accused somebody of a crime.", "reason": "No source is given",
        }  # fmt: skip
        assert desk.post(f"/cases/{case['id']}/decide", json=ruling).is_success
        statement = author.get("/api/holdfast/v1/statements").json()[0]["id"]
        why = "It was in the paper on Tuesday, and I named the paper in the next post."
        made = author.post("/api/holdfast/v1/appeals", json={"statement_id": statement, "reason": why})
        assert made.is_success, made.text
    return str(made.json()["id"])


def wait_ready(server: WholeServer) -> None:
    """A busy machine takes longer than a test should wait."""
    for last in (False, False, True):
        try:
            return server.wait_ready()
        except AssertionError:
            if last:
                raise


def sign_in(page: Page, url: str, name: str) -> None:
    """Through the pages, as a person does."""
    page.goto(f"{url}/auth/sign_in?next=/app/enter")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/app/home")
    page.wait_for_selector("[data-post]")


def pages(ids: dict[str, str]) -> dict[str, str]:
    """Names of pictures to the addresses they show; what follows a + is opened over the page."""
    return {
        "home": "/app/home", "thread": f"/app/@bea/{ids['thread']}", "profile": "/app/@bea", "notifications": "/app/notifications",
        "explore": "/app/explore?q=kelp", "local": "/app/local", "conversations": "/app/conversations", "bookmarks": "/app/bookmarks",
        "favourites": "/app/favourites", "lists": "/app/lists", "settings": "/app/settings", "appearance": "/app/settings/appearance",
        "settings-profile": "/app/settings/profile", "about": "/app/about", "scheduled": "/app/scheduled", "requests": "/app/requests",
        "missing": "/app/nowhere/at/all", "compose": "/app/home+compose", "viewer": f"/app/@bea/{ids['pictures']}+viewer", "keys": "/app/home+keys",
        "members": f"/app/lists/{ids['list']}/members", "filters": "/app/settings/filters", "blocks": "/app/settings/blocks",
        "push": "/app/settings/notifications", "decisions": "/app/decisions", "reports": "/app/reports", "emoji": "/app/home+emoji", "picture": "/app/home+picture", "report": "/app/@bea+report",
        "desk": "/app/desk", "case": f"/app/desk/cases/{ids['case']}", "decide": f"/app/desk/cases/{ids['case']}+decide",
        "bulk": "/app/desk/bulk", "policies": "/app/desk/policies", "quality": "/app/desk/quality", "team": "/app/desk/team",
        "appeals": "/app/desk/appeals", "appeal": f"/app/desk/appeals/{ids['appeal']}", "answer": f"/app/desk/appeals/{ids['appeal']}+answer",
        "rules": "/app/desk/rules", "rule": "/app/desk/rules/threat.direct", "policy": "/app/desk/policies+policy",
        "notices": "/app/desk/notices", "notice": f"/app/desk/notices/{ids['notice']}", "enter": "/app/desk/notices+enter",
        "mirror": "/app/desk/mirror", "more": f"/app/desk/cases/{ids['case']}+more",
        # Pages without script that the app's settings lead to.
        "security": "/auth/settings", "statements": "/statements", "export": "/settings/export", "archive": "/settings/archive", "leave": "/settings/delete",
    }  # fmt: skip


def mirror_of(server: WholeServer, folder: Path) -> None:
    """Two stores, one of them with an owner that is noted, and a drill on the record that failed after one that passed."""
    server.command("mirror", "init", "--key-out", str(folder / "identity"))
    for name, owner in (("north", ("--owner", "North AS", "--jurisdiction", "NO")), ("alps", ())):
        (folder / name).mkdir()
        server.command("mirror", "add", name, f"file://{folder / name}", *owner)
    server.command("mirror", "note", "registrar", "Example Registrar, account of Ann")
    at = datetime.now(UTC)
    for days, checks in ((4, ()), (1, (Check(CheckName.MEDIA, False, "3 files are not at this store"),))):
        looked = (
            Check(CheckName.RELAUNCH, True, "epoch 1, replayed on timeline 2"), *checks,
            Check(CheckName.SERVES, True, "version 0.1.0 answers"), Check(CheckName.POSTS, True, "a post was written and read after 14.2 seconds"),
        )  # fmt: skip
        report = DrillReport(
            domain=f"localhost:{server.port}", store="north", started_at=at - timedelta(days=days), epoch=1, rto_seconds=14.2, rpo_seconds=3.0,
            phases={}, size_bytes=48_000_000, missing_bytes=0, rows={}, ledger_size=0, ledger_root="", checks=looked,
        )  # fmt: skip
        (folder / "report.json").write_bytes(report.encode())
        server.command("drill", "record", str(folder / "report.json"))


def shoot(browser: Browser, server: WholeServer, ids: dict[str, str], only: set[str]) -> None:
    for scheme in ("light", "dark"):
        for device, (width, height) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, locale=LOCALE,  # type: ignore[arg-type]
                has_touch=device == "phone", reduced_motion="reduce",
            )  # fmt: skip
            page = context.new_page()
            page.on(
                "console",
                lambda message: print("console:", message.text) if message.type == "error" else None,
            )
            page.on("pageerror", lambda error: print("error:", error))
            if not only or "welcome" in only:
                page.goto(f"{server.url}/app/welcome")
                page.wait_for_selector("h1")
                page.screenshot(path=str(SHOTS / f"welcome-{device}-{scheme}.png"))
            sign_in(page, server.url, "ada")
            for name, address in pages(ids).items():
                if only and name not in only:
                    continue
                path, _, over = address.partition("+")
                page.goto(server.url + path)
                page.wait_for_load_state("networkidle")
                if over == "compose":
                    page.keyboard.press("n")
                    page.wait_for_selector("dialog textarea")
                    page.keyboard.type("A quiet morning on the pier. #kelp")
                elif over in ("emoji", "picture"):
                    page.keyboard.press("n")
                    page.wait_for_selector("dialog textarea")
                    page.keyboard.type("Storm tonight")
                    if over == "emoji":
                        page.click("dialog .tools button[aria-expanded]")
                        page.wait_for_selector(".picker .cells button")
                    else:
                        page.set_input_files(
                            "dialog input[type=file]",
                            {"name": "a.png", "mimeType": "image/png", "buffer": picture(3)},
                        )
                        page.wait_for_selector("[role=slider]")
                        page.wait_for_load_state("networkidle")
                elif over == "report":
                    page.click("[data-post] .actions .menu:last-child button")
                    page.click("[role=menuitem]:last-child")
                    page.wait_for_selector("dialog")
                elif over == "decide":
                    page.keyboard.press("w")
                    page.wait_for_selector("dialog .would")
                elif over == "enter":
                    page.locator("header button.primary").last.click()
                elif over == "more":
                    page.keyboard.press("m")
                    page.select_option("dialog .actions select", "block_link")
                    page.select_option("dialog .actions > .field select", "suspend")
                elif over == "answer":
                    page.keyboard.press("2")
                    page.wait_for_selector("dialog textarea")
                elif over == "policy":
                    page.click("header .btn.primary")
                    page.wait_for_selector("dialog textarea")
                elif over == "keys":
                    page.keyboard.press("?")
                    page.wait_for_selector("dialog")
                elif over == "viewer":
                    page.click("[data-post] .cell button")
                    page.wait_for_selector("dialog img")
                page.wait_for_timeout(250)
                page.screenshot(path=str(SHOTS / f"{name}-{device}-{scheme}.png"))
            context.close()


def main() -> None:
    SHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = WholeServer(Path(folder) / "data")
        try:
            wait_ready(server)
            ids = fill(server)
            if not sys.argv[1:] or "mirror" in sys.argv[1:]:
                mirror_of(server, Path(folder))
            with sync_playwright() as playwright:
                path = os.environ.get("CHROMIUM") or (
                    "/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else None
                )
                browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
                shoot(browser, server, ids, set(sys.argv[1:]))
                browser.close()
        finally:
            server.close()
    print(f"pictures are in {SHOTS}")


if __name__ == "__main__":
    main()
