"""Notices by form and by API, and the page that tells their senders what became of them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec
import pytest

from holdfast.platform.config import Settings
from holdfast.pure.evidence import parse_proof
from holdfast.trust.notices import (
    ItemOutcome,
    Notice,
    NoticeFilter,
    NoticeReader,
    NoticeState,
    Step,
    settle_item,
    take_step,
)
from holdfast.trust.staff_actions import CLOCK
from tests.support.access_ledger import grow_ledger
from tests.support.browser import Browser
from tests.support.site import Site, open_site

pytestmark = pytest.mark.integration

API = "/api/holdfast/v1/notices"
CONTENT = {
    "addresses": "https://town.example/@ann/1\nhttps://town.example/@ann/2", "explanation": "It threatens somebody.",
    "name": "Bob", "email": "bob@example.org", "good_faith": "1",
}  # fmt: skip


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    given = msgspec.structs.replace(settings, domain="town.example", public_url="https://town.example")
    async with open_site(given) as opened:
        yield opened


async def notices(site: Site) -> list[Notice]:
    reader = NoticeReader(site.services.database)
    return await reader.queue(CLOCK, NoticeFilter(open=None, grouped=False), limit=100)


async def fill_in(
    site: Site, kind: str, fields: dict[str, str], **more: str
) -> tuple[Browser, httpx2.Response]:
    browser = Browser(site.client, site.services.base_url)
    await browser.open(f"/notice/{kind}")
    return browser, await browser.send(f"/notice/{kind}", **fields, **more)


async def sent(site: Site) -> tuple[Browser, str]:
    """A notice by form; the browser, and the path of its status page."""
    browser, answer = await fill_in(site, "content", CONTENT)
    assert answer.status_code == 303, answer.text
    return browser, answer.headers["location"].partition("?")[0]


async def settled(site: Site) -> None:
    """The team looks at the only notice, leaves its first item and has done something about the second, and answers."""
    (notice,) = await notices(site)
    services = site.services
    async with services.database.transaction() as tx:
        for step in (Step.TRIAGE, Step.START_REVIEW):
            await take_step(tx, CLOCK, notice.id, step, now=services.clock.now())
        for n, outcome in ((1, ItemOutcome.REFUSED), (2, ItemOutcome.ACTIONED)):
            await settle_item(
                tx, CLOCK, notice.id, n, outcome, reason="gone already", now=services.clock.now()
            )
        for step in (Step.DECIDE, Step.ANSWER):
            await take_step(tx, CLOCK, notice.id, step, now=services.clock.now())


async def test_a_form_becomes_a_notice_whose_page_tells_everything(site: Site) -> None:
    browser, path = await sent(site)
    (notice,) = await notices(site)
    assert (notice.preset, notice.items, notice.sender.email) == ("eu.dsa.art16", 2, "bob@example.org")
    assert set(notice.completeness.values()) == {"ok"}
    page = await browser.open(path)
    # The address is the key: no other site is told it.
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("same-origin", "no-store")
    assert notice.reference in page.text
    assert "https://town.example/@ann/2" in page.text
    assert "half a minute" in page.text
    await grow_ledger(site)
    page = await browser.open(path)
    link = re.search(r'href="([^"]+\.tlog-proof)"', page.text)
    assert link is not None
    parse_proof((await site.client.get(link[1])).content)


async def test_what_is_wrong_is_told_at_once_and_what_was_typed_stays(site: Site) -> None:
    typed = {**CONTENT, "email": "nobody", "addresses": "the one of Monday", "good_faith": ""}
    _, answer = await fill_in(site, "content", typed)
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert "It threatens somebody." in answer.text
    assert "the one of Monday" in answer.text
    assert await notices(site) == []


async def test_a_form_in_french_is_french_also_where_it_complains(site: Site) -> None:
    browser = Browser(site.client, site.services.base_url)
    page = await browser.open("/notice/content?lang=fr")
    assert '<html lang="fr">' in page.text
    answer = await browser.send("/notice/content", **{**CONTENT, "email": "x"})
    assert "adresse électronique à laquelle" in answer.text
    answer = await browser.send("/notice/content", **CONTENT)
    page = await browser.open(answer.headers["location"])
    assert "Votre notification est arrivée" in page.text
    assert (await notices(site))[0].language == "fr"


async def test_sent_twice_it_is_one_notice(site: Site) -> None:
    _, first = await fill_in(site, "content", CONTENT, once="same")
    _, second = await fill_in(site, "content", CONTENT, once="same")
    assert first.headers["location"] == second.headers["location"]
    assert len(await notices(site)) == 1


async def test_a_program_and_a_flood_are_told_so_and_a_flood_keeps_what_it_typed(site: Site) -> None:
    _, answer = await fill_in(site, "content", CONTENT, website="x")
    assert answer.status_code == 403
    msgspec.structs.force_setattr(site.services.settings, "rate_notices", 2)
    for number in range(2):
        _, answer = await fill_in(site, "content", {**CONTENT, "explanation": f"{number}"})
        assert answer.status_code == 303
    _, answer = await fill_in(site, "content", CONTENT)
    assert answer.status_code == 429
    assert "It threatens somebody." in answer.text
    assert "Many notices came from your network" in answer.text
    assert int(answer.headers["retry-after"]) > 0


async def test_the_forms_can_be_closed(site: Site) -> None:
    msgspec.structs.force_setattr(site.services.settings, "notice_forms", False)
    for path in ("/notice", "/notice/content", f"{API}/kinds"):
        assert (await site.client.get(path)).status_code == 404
    assert "/notice" not in (await site.client.get("/about")).text


async def test_no_token_but_the_right_one_leads_to_a_notice(site: Site) -> None:
    _, path = await sent(site)
    token = path.rpartition("/")[2]
    for wrong in (token[:-1], token + "x", token.swapcase(), "x" * 5000, "%00"):
        assert (await site.client.get(f"/notice/status/{wrong}")).status_code == 404, wrong
        assert (await site.client.get(f"{API}/status/{wrong}")).status_code == 404, wrong
    stored = await site.services.database.fetch("select * from notices")
    assert token not in str([dict(row) for row in stored])


async def test_outcomes_are_told_and_can_be_disputed_once_they_are(site: Site) -> None:
    browser, path = await sent(site)
    assert "dispute-text" not in (await browser.open(path)).text
    answer = await browser.send(path, do="dispute", text="too early")
    assert answer.status_code == 422
    await settled(site)
    page = await browser.open(path)
    assert "Something was done about it" in page.text
    assert "We looked and left it as it is" in page.text
    answer = await browser.send(path, do="dispute", text="Look again at <the first>.")
    page = await browser.open(answer.headers["location"])
    assert "It will be looked at again" in page.text
    assert "Look again at &lt;the first&gt;." in page.text
    assert (await notices(site))[0].state is NoticeState.DISPUTED


async def test_what_a_sender_adds_is_kept_with_the_notice(site: Site) -> None:
    browser, path = await sent(site)
    await browser.open(path)
    assert (await browser.send(path, do="add", text=" ")).status_code == 422
    answer = await browser.send(path, do="add", text="It was on Monday.")
    assert "It was on Monday." in (await browser.open(answer.headers["location"])).text
    assert len(await notices(site)) == 1


async def test_forms_of_all_kinds_are_there_and_stand_alone(site: Site) -> None:
    page = await site.client.get("/notice")
    kinds = re.findall(r'href="/notice/([a-z-]+)\?', page.text)
    assert len(kinds) == 9
    for kind in kinds:
        form = (await site.client.get(f"/notice/{kind}?lang=fr")).text
        assert "<script" not in form
        labelled = set(re.findall(r'<label for="([^"]+)"', form))
        named = set(re.findall(r'<(?:input|select|textarea) id="([^"]+)"', form))
        assert named == labelled, kind


async def test_a_program_sends_reads_on_and_disputes(site: Site) -> None:
    kinds: list[dict[str, Any]] = (await site.client.get(f"{API}/kinds")).json()
    schema = next(one["schema"] for one in kinds if one["name"] == "content")
    assert set(schema["required"]) == {"kind", "addresses", "explanation", "good_faith"}
    body = {**CONTENT, "kind": "content", "addresses": CONTENT["addresses"].split("\n"), "good_faith": True}
    headers = {"idempotency-key": "k1"}
    first = await site.client.post(API, json=body, headers=headers)
    assert first.status_code == 200, first.text
    told = first.json()
    assert (told["items"], told["new"]) == (2, True)
    assert first.headers["holdfast-receipt"] == told["receipt"]["url"]
    again = (await site.client.post(API, json=body, headers=headers)).json()
    assert (again["reference"], again["new"]) == (told["reference"], False)
    await settled(site)
    path = told["status_url"].removeprefix(site.services.base_url)
    status = (await site.client.get(path)).json()
    assert [one["outcome"] for one in status["items"]] == ["refused", "actioned"]
    assert status["may_dispute"] is True
    answer = await site.client.post(f"{path}/messages", json={"text": "Again, please.", "dispute": True})
    assert answer.json()["state"] == "disputed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "nonsense"}, "kind"),
        ({"kind": "content", "addresses": [1]}, "addresses"),
        ({"kind": "content", "name": {"a": 1}}, "name"),
        ({"kind": "content", "surprise": "x"}, "surprise"),
        ({**CONTENT, "kind": "content", "email": "x"}, "email"),
        ({**CONTENT, "kind": "content", "addresses": [f"https://town.example/@a/{n}" for n in range(10_001)]}, "addresses"),
    ],
)  # fmt: skip
async def test_a_program_is_told_which_field_is_wrong(site: Site, body: dict[str, Any], field: str) -> None:
    answer = await site.client.post(API, json=body)
    assert answer.status_code == 422
    assert field in answer.json()["details"]
