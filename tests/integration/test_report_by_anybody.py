"""Reports without an account: what they may be about, and that a flood of them is bounded."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from holdfast.platform.config import Settings
from tests.support.browser import Browser
from tests.support.site import Site, open_site

pytestmark = pytest.mark.integration


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    given = msgspec.structs.replace(settings, rate_anonymous_reports=6, anonymous_reports_hour_max=2)
    async with open_site(given) as opened:
        yield opened


async def send(site: Site, address: str, **fields: str) -> tuple[int, str]:
    browser = Browser(site.client, site.services.base_url)
    await browser.open("/report")
    answer = await browser.send("/report", **{"category": "legal", **fields, "address": address})
    return answer.status_code, answer.text


async def test_anybody_reports_what_everybody_can_see_until_the_hour_is_full(site: Site) -> None:
    bob = await site.member("bob")
    mod = await site.member("mod", role="moderator")
    post = await bob.say("hello")
    secret = await bob.say("only for followers", visibility="private")
    path = f"/@bob/{post['id']}"
    for address in (f"/@bob/{secret['id']}", "/@nobody", "/@bob/1", "https://example.org/", "/about", ""):
        code, text = await send(site, address)
        assert (code, "leads to no account or post" in text) == (422, True), address
    assert (await send(site, path, website="spam"))[0] == 403
    assert (await send(site, path, category="nonsense"))[0] == 422
    assert (await send(site, f"https://wherever.example{path}", comment="he threatens me"))[0] == 200
    assert (await send(site, "/@bob"))[0] == 200
    code, text = await send(site, "/@bob")
    assert (code, "emergency services" in text) == (429, True)
    await site.settle()
    rows = (await mod.request("GET", "/api/holdfast/v1/cases")).json()
    assert {(row["source"], row["subject"]["kind"]) for row in rows} == {
        ("anonymous", "post"),
        ("anonymous", "account"),
    }
    case = (await mod.request("GET", f"/api/holdfast/v1/cases/{rows[0]['id']}")).json()
    assert {one["channel"] for one in case["reports"]} == {"anonymous"}
    assert all(one["reporter"] is None for one in case["reports"])


async def test_one_address_is_bounded_too_and_the_page_can_be_switched_off(settings: Settings) -> None:
    given = msgspec.structs.replace(settings, rate_anonymous_reports=1)
    async with open_site(given) as site:
        await site.member("bob")
        assert (await send(site, "/@bob"))[0] == 200
        assert (await send(site, "/@bob"))[0] == 429
    async with open_site(msgspec.structs.replace(settings, anonymous_reports=False)) as site:
        assert (await site.client.get("/report")).status_code == 404
