"""Appeals without any script, also while suspended; and what somebody without an account is told of a report."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from holdfast.platform.config import Settings
from holdfast.platform.passwords import hash_password
from holdfast.trust import cases
from tests.support.browser import PASSWORD, Browser
from tests.support.rulings import case_about_post, decided, post_id, ruling, staff
from tests.support.site import Site, open_site

pytestmark = pytest.mark.integration


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(settings) as opened:
        yield opened


def client_of(site: Site) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=site.app)  # type: ignore[arg-type]
    return httpx2.AsyncClient(transport=transport, base_url=site.services.base_url)


async def test_a_suspended_member_appeals_on_the_page_and_reads_the_answer(site: Site) -> None:
    mia, max_ = await site.member("mia", role="moderator"), await site.member("max", role="moderator")
    ann = await site.member("ann")
    password_hash = await hash_password(PASSWORD)
    async with site.services.database.transaction() as tx:
        await tx.execute(
            "update users set password_hash = $2 where account_id = $1", ann.account_id, password_hash
        )
    case = await case_about_post(site, ann, await ann.say("vermin"))
    await decided(site, staff(mia), case, ruling("withdraw", "suspend"))
    async with client_of(site) as client:
        browser = Browser(client, site.services.base_url)
        await browser.sign_in("ann")
        await browser.open("/statements")
        path = "/statements/" + browser.page.split('href="/statements/')[1].split('"')[0]
        await browser.open(path)
        assert "Appeal this decision" in browser.page
        assert (await browser.send(path, text=" ")).status_code == 422
        await browser.open(path)
        answer = await browser.send(path, text="It is a line of <b>Hamlet</b>")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{path}#appeal")
        await browser.open(path)
        assert "Your appeal" in browser.page
        assert "It is a line of &lt;b&gt;Hamlet" in browser.page
        await browser.send(path, text="The third act")
        (appeal,) = await max_.get("/api/holdfast/v1/desk/appeals")
        assert [one["text"] for one in appeal["messages"]] == [
            "It is a line of <b>Hamlet</b>",
            "The third act",
        ]
        url = f"/api/holdfast/v1/desk/appeals/{appeal['id']}/answer"
        form = {"outcome": "overturned", "answer": "So it is.", "version": str(appeal["version"])}
        assert (await mia.request("POST", url, data=form)).status_code in (403, 422)
        assert (await max_.request("POST", url, data=form)).status_code == 200
        await site.settle()
        await browser.open(path)
        assert "Your appeal was right" in browser.page
        assert "So it is." in browser.page
        assert "mia" not in browser.page
        assert "max" not in browser.page.replace("maxlength", "")


async def test_whoever_reported_without_an_account_is_told_at_an_address_of_their_own(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    status = await ann.say("You are vermin")
    async with client_of(site) as client:
        browser = Browser(client, site.services.base_url)
        await browser.open("/report")
        address = f"{site.services.base_url}/@ann/{status['id']}"
        answer = (await browser.send("/report", address=address, category="other", comment="An insult")).text
        path = "/report/" + answer.split('href="/report/')[1].split('"')[0]
        assert "It waits for a person" in (await browser.open(path)).text
        assert (await browser.open(path[:-2] + "xx")).status_code == 404
        await site.settle()
        case = await cases.open_case_of(site.services.database, "post", str(post_id(site, status)))
        assert case is not None
        await decided(site, staff(mia), case, ruling("withdraw"))
        await site.settle()
        told = (await browser.open(path)).text
        assert "was found to break the rules" in told
        assert "mia" not in told
