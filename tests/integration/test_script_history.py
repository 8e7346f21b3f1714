"""No script of anybody's survives, stored or reflected. Each test names its case."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import httpx2
import msgspec
import pytest

from holdfast.platform.config import Settings
from holdfast.pure.sanitised_html import ALLOWED_TAGS
from tests.support.browser import open_town
from tests.support.site import Site, open_site
from tests.support.unlimited import UNLIMITED


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, **UNLIMITED)) as opened:
        yield opened


ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "https://example.org/\"onmouseover='alert(1)'",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "</title></textarea></style></script><script>alert(1)</script>",
    "\u202ehttps://example.org/\u202c<a href='data:text/html,x'>y</a>",
)
_ATTRIBUTES = {"href", "class", "rel", "target", "translate", "lang"}


class Markup(HTMLParser):
    """Collects what must not be there."""

    def __init__(self, tags: frozenset[str] | None) -> None:
        super().__init__()
        self._tags = tags
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = (
            tag in self._tags
            if self._tags is not None
            else tag not in ("script", "iframe", "object", "embed")
        )
        if not allowed:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or (self._tags is not None and name not in _ATTRIBUTES):
                self.wrong.append(f"{tag} {name}={value}")
            if name in ("href", "src", "action", "formaction") and value:
                scheme = urlsplit(value.strip()).scheme.lower()
                if scheme not in ("", "http", "https", "mailto") and not value.startswith("data:image/"):
                    self.wrong.append(f"{tag} {name}={value}")


def wrong_in(html: str, tags: frozenset[str] | None = None) -> list[str]:
    parser = Markup(tags)
    parser.feed(html)
    parser.close()
    return parser.wrong


@pytest.mark.parametrize("attack", ATTACKS)
async def test_tootroot_and_kin_no_stored_script_survives(site: Site, attack: str) -> None:
    """CVE-2023-36460, CVE-2023-42452, CVE-2023-36459: markup of members that became markup of pages."""
    ann = await site.member("ann")
    profile = {
        "display_name": attack[:30], "note": attack, "fields_attributes[0][name]": attack[:255],
        "fields_attributes[0][value]": attack[:255],
    }  # fmt: skip
    answer = await ann.request("PATCH", "/api/v1/accounts/update_credentials", data=profile)
    assert answer.status_code == 200, answer.text
    form = {
        "status": f"{attack} #{attack} @ann {attack}"[:500], "spoiler_text": attack[:100],
        "poll[options][]": [attack[:50], "other"], "poll[expires_in]": "600", "language": "en",
    }  # fmt: skip
    answer = await ann.request("POST", "/api/v1/statuses", data=form)
    assert answer.status_code == 200, answer.text
    post = answer.json()
    assert wrong_in(post["content"], ALLOWED_TAGS) == []
    assert wrong_in(post["account"]["note"], ALLOWED_TAGS) == []
    for row in post["account"]["fields"]:
        assert wrong_in(row["value"], ALLOWED_TAGS) == []
    edited = {"status": f"edited {attack}", "spoiler_text": attack[:100]}
    await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data=edited)
    for version in await ann.get(f"/api/v1/statuses/{post['id']}/history"):
        assert wrong_in(version["content"], ALLOWED_TAGS) == []
    for path in (
        "/",
        "/@ann",
        f"/@ann/{post['id']}",
        f"/@ann/{post['id']}/history",
        "/about",
        "/@ann/feed.atom",
    ):
        page = await site.client.get(path)
        assert page.status_code == 200, path
        assert wrong_in(page.text) == [], path
        if "html" in page.headers["content-type"]:
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert "script-src" not in page.headers["content-security-policy"]


@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_reflected_script_survives(site: Site, attack: str) -> None:
    for path in (
        f"/auth/sign_in?next={quote(attack)}", f"/auth/sign_up?next={quote(attack)}", f"/tags/{quote(attack, safe='')}",
        f"/@{quote(attack, safe='')}", f"/@{quote(attack, safe='')}/{quote(attack, safe='')}", f"/{quote(attack)}",
        f"/oauth/authorize?client_id={quote(attack)}&redirect_uri={quote(attack)}", f"/auth/password/{quote(attack, safe='')}",
        f"/auth/settings?done={quote(attack)}", f"/?max_id={quote(attack)}",
    ):  # fmt: skip
        answer = await site.client.get(path)
        assert answer.status_code < 500, path
        kind = answer.headers["content-type"]
        assert "html" not in kind or wrong_in(answer.text) == [], path
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_an_app_cannot_bring_script_into_the_consent_page(settings: Settings) -> None:
    async with open_town(settings, **UNLIMITED) as town:
        await town.member("ann")
        browser = await town.signed_in("ann")
        for attack in ATTACKS:
            form = {"client_name": attack[:60], "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "website": "https://a.example/" + quote(attack)}  # fmt: skip
            made = await browser.client.post("/api/v1/apps", data=form)
            assert made.status_code == 200, made.text
            query = httpx2.QueryParams(
                client_id=made.json()["client_id"], redirect_uri="urn:ietf:wg:oauth:2.0:oob", response_type="code",
                state=attack,
            )  # fmt: skip
            page = await browser.open(f"/oauth/authorize?{query}")
            assert page.status_code == 200
            assert wrong_in(page.text) == []
            for website in ("javascript:alert(1)", "data:text/html,x", "vbscript:x"):
                refused = await browser.client.post("/api/v1/apps", data={**form, "website": website})
                assert refused.status_code == 422


async def test_cve_2023_42450_line_breaks_never_reach_a_header(settings: Settings) -> None:
    async with open_town(settings) as town:
        await town.member("ann")
        browser = await town.signed_in("ann")
        made = await browser.client.post(
            "/api/v1/apps", data={"client_name": "A", "redirect_uris": "https://app.example/back"}
        )
        query = httpx2.QueryParams(
            client_id=made.json()["client_id"], redirect_uri="https://app.example/back", response_type="code",
            state="a\r\nSet-Cookie: evil=1",
        )  # fmt: skip
        await browser.open(f"/oauth/authorize?{query}")
        answer = await browser.send("/oauth/authorize", decision="allow")
        assert answer.status_code == 303
        assert "\r" not in answer.headers["location"]
        assert "evil" not in answer.headers.get("set-cookie", "")


async def test_cve_2023_36462_a_link_shows_where_it_leads(site: Site) -> None:
    ann = await site.member("ann")
    for address in (
        "https://good.example@evil.example/x",
        "https://evil.example/https://good.example/" + "y" * 80,
    ):
        content = (await ann.say(f"see {address}"))["content"]
        for href, text in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', content):
            visible = re.sub(r'<span class="invisible">.*?</span>', "", text)
            shown = re.sub(r"<[^>]+>", "", visible)
            assert shown.startswith(urlsplit(href).netloc.removeprefix("www.")), (href, shown)
