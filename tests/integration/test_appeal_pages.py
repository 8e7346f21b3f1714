"""Appeals without any script, also while suspended; and what somebody without an account is told of a report."""

from __future__ import annotations

import httpx2
import pytest

from holdfast.platform.passwords import hash_password
from holdfast.social.posts import PostState, decide_post
from holdfast.trust import cases
from holdfast.trust.appeals import note_breaches
from tests.support.browser import PASSWORD, Browser
from tests.support.rulings import case_about_post, decided, post_id, ruling, staff
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration


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


async def signed_in(site: Site, client: httpx2.AsyncClient, member: Member, locale: str = "en") -> Browser:
    password_hash = await hash_password(PASSWORD)
    async with site.services.database.transaction() as tx:
        await tx.execute(
            "update users set password_hash = $2, locale = $3 where account_id = $1",
            member.account_id, password_hash, locale,
        )  # fmt: skip
    browser = Browser(client, site.services.base_url)
    await browser.sign_in(await site.services.database.fetchval(
        "select username from accounts where id = $1", member.account_id
    ))  # fmt: skip
    return browser


async def test_the_author_of_a_held_post_reads_why_and_appeals_without_script(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    status = await ann.say("a quince")
    async with site.services.database.transaction() as tx:
        await decide_post(tx, post_id(site, status), PostState.HELD)
    path = f"/statements/post/{status['id']}"
    async with client_of(site) as client, client_of(site) as other:
        assert (await (await signed_in(site, other, bob)).open(path)).status_code == 404
        browser = await signed_in(site, client, ann)
        await browser.open("/statements")
        assert f'href="{path}"' in browser.page
        await browser.open(path)
        assert "a quince" in browser.page
        assert "it is shown again by itself" in browser.page
        assert (await browser.send(path, text=" ")).status_code == 422
        await browser.open(path)
        assert (await browser.send(path, text="It is a fruit")).status_code == 303
        await browser.open(path)
        assert "It is a fruit" in browser.page
        assert "answers by" in browser.page
        async with site.services.database.transaction() as tx:
            await decide_post(tx, post_id(site, status), PostState.VISIBLE)
        assert (await browser.open(path)).status_code == 404


async def test_an_appeal_that_is_late_says_so_and_waits_still(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    await decided(site, staff(mia), await case_about_post(site, ann, await ann.say("vermin")), ruling("hide"))
    (statement,) = await ann.get("/api/holdfast/v1/statements")
    await ann.post("/api/holdfast/v1/appeals", statement_id=statement["id"], reason="It is a quotation")
    async with site.services.database.transaction() as tx:
        await tx.execute("update appeals set due_at = now() - interval '1 hour'")
        assert len(await note_breaches(tx, site.services.clock.now())) == 1
    async with client_of(site) as client:
        browser = await signed_in(site, client, ann)
        await browser.open(f"/statements/{statement['id']}")
        assert "This should have been answered by" in browser.page
        assert "Add something" in browser.page
        await browser.open("/statements")
        assert "appeal: late" in browser.page


async def test_pages_are_in_the_accounts_language_or_the_browsers(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    french, english = {"accept-language": "de;q=0.9, fr-CA;q=0.8, en;q=0.5"}, {"accept-language": "de, en"}
    async with client_of(site) as client:
        for path, word in (
            ("/report", "Qu’est-ce qui ne va pas"), ("/policies", "Ce qui n’est pas permis ici"),
            ("/transparency", "Transparence"),
            ("/transparency/ledger", "Ce qu’il ne peut pas prouver"),
        ):  # fmt: skip
            answer = await client.get(path, headers=french)
            assert '<html lang="fr">' in answer.text, path
            assert word in answer.text, path
            assert "Aller au contenu" in answer.text
            there = await client.get(path, headers=english)
            assert '<html lang="en">' in there.text, path
            assert "Skip to content" in there.text
        # What is not translated is English, whole.
        sign_in = (await client.get("/auth/sign_in", headers=french)).text
        assert '<html lang="en">' in sign_in
        assert "Skip to content" in sign_in
    await decided(site, staff(mia), await case_about_post(site, ann, await ann.say("vermin")), ruling("hide"))
    async with client_of(site) as client:
        browser = await signed_in(site, client, ann, "fr")
        answer = await client.get("/statements", headers=english)
        assert "Décisions concernant votre compte" in answer.text
        path = "/statements/" + answer.text.split('href="/statements/')[1].split('"')[0]
        await browser.open(path)
        assert "Contester cette décision" in browser.page
        assert '<article class="letter" lang="en">' in browser.page  # as it was sent


async def test_a_member_chooses_the_language_of_pages_and_letters(site: Site) -> None:
    ann = await site.member("ann")
    async with client_of(site) as client:
        browser = await signed_in(site, client, ann)
        await browser.open("/auth/settings")
        assert (await browser.send("/auth/settings/language", language="xx")).status_code == 422
        await browser.open("/auth/settings")
        assert (await browser.send("/auth/settings/language", language="fr")).status_code == 303
        assert "Décisions concernant votre compte" in (await browser.open("/statements")).text


async def test_who_signs_up_is_written_to_in_the_browsers_language(site: Site) -> None:
    async with client_of(site) as client:
        client.headers["accept-language"] = "fr"
        browser = Browser(client, site.services.base_url)
        await browser.open("/auth/sign_up")
        answer = await browser.send(
            "/auth/sign_up", username="lea", email="lea@example.org", password=PASSWORD, password_again=PASSWORD,
            agreement="1",
        )  # fmt: skip
        assert answer.status_code in (200, 303), answer.text
    locale = await site.services.database.fetchval("select locale from users where email = 'lea@example.org'")
    assert locale == "fr"


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
