"""Cards below posts, over the real application, with the sites of strangers on this machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from holdfast.main.outside import Outside, kinds_of
from holdfast.main.subscriptions import FETCH_CARD
from holdfast.platform.config import Settings
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.guarded_http import guarded_client
from holdfast.platform.jobs import RunnerLimits
from holdfast.platform.resolving import FakeResolver
from holdfast.social.posts import PostPublished, PostState, decide_post
from tests.support.cards_desk import Cards, open_cards
from tests.support.pages import leads_to, page
from tests.support.site import open_site

pytestmark = pytest.mark.integration

HEAD = """<!doctype html><html lang="de"><head><title>Plain title</title>
<meta property="og:title" content="A &lt;b&gt;title&lt;/b&gt;"><meta property="og:description" content="What it is about.">
<meta property="og:site_name" content="The Site"><meta name="author" content="Ann Author">
<meta property="article:published_time" content="2024-03-01T12:00:00+01:00"></head><body>text</body></html>"""
RULES = """
name = "test"
version = 1
[banks.words]
kind = "phrases"
entries = ["forbiddenword"]
[[rules]]
id = "test.word"
title = "A word"
lane = "P3"
action = "hold"
stage = "live"
when = 'bank("words")'
"""


@pytest.fixture
async def cards(settings: Settings) -> AsyncIterator[Cards]:
    async with open_cards(settings, {"/": page(HEAD)}) as opened:
        yield opened


async def test_the_first_link_of_a_post_gets_a_card(cards: Cards) -> None:
    ann = await cards.site.member("ann")
    url = cards.web.at("site.example")
    said = await ann.say(f"see {url} and {cards.web.at('other.example')}")
    assert said["card"] is None
    await cards.fetch()
    card = await cards.card(ann, said["id"])
    assert card == {
        "url": url, "title": "A <b>title</b>", "description": "What it is about.", "language": "de", "type": "link",
        "author_name": "Ann Author", "author_url": "", "authors": [{"name": "Ann Author", "url": "", "account": None}],
        "provider_name": "The Site", "provider_url": url.rstrip("/"), "html": "", "width": 0, "height": 0, "image": None,
        "image_description": "", "embed_url": "", "blurhash": None, "published_at": "2024-03-01T11:00:00.000Z",
        "missing_attribution": None,
    }  # fmt: skip
    assert cards.web.paths == ["/"]
    assert f"user-agent: Holdfast (+{cards.site.services.base_url})" in cards.web.heads[0]
    assert await cards.carded(ann, "no link") is None


async def test_mastodon_4486_an_address_is_asked_once_for_all_who_link_to_it(cards: Cards) -> None:
    """A link that travels made every server ask the same page in the same moment."""
    ann, bob = await cards.site.members("ann", "bob")
    url = cards.web.at("site.example")
    ids = [(ann, (await ann.say(f"{n} {url}"))["id"]) for n in range(5)]
    ids += [(bob, (await bob.say(f"{n} {url}#part-{n}"))["id"]) for n in range(5)]
    await cards.fetch()
    cards.clock.advance(timedelta(minutes=10))
    await cards.fetch()
    assert [(await cards.card(who, post))["title"] for who, post in ids] == ["A <b>title</b>"] * 10
    assert cards.web.paths == ["/"]
    cards.clock.advance(timedelta(hours=13))
    cards.web.answers["/"] = page(HEAD.replace("A &lt;b&gt;title&lt;/b&gt;", "Another title"))
    await cards.carded(ann, url)
    assert len(cards.web.paths) == 2
    # Asked again for one post, it is a new card for all.
    assert (await cards.card(bob, ids[-1][1]))["title"] == "Another title"


async def test_mastodon_4486_an_address_is_asked_at_a_random_time(settings: Settings) -> None:
    async with open_site(msgspec.structs.replace(settings, card_jitter_seconds=600)) as site:
        ann = await site.member("ann")
        for n in range(5):
            await ann.say(f"https://site.example/{n}")
        rows = await site.services.database.fetch(
            "select extract(epoch from run_at - created_at) as later from jobs where kind = 'fetch_card'"
        )
    waits = {float(row["later"]) for row in rows}
    assert len(waits) == 5
    assert max(waits) - min(waits) > 1


async def test_a_post_without_a_link_makes_no_errand_and_the_setting_turns_all_off(
    settings: Settings,
) -> None:
    async with open_site(settings) as site:
        ann = await site.member("ann")
        await ann.say("no link")
        assert (
            await site.services.database.fetchval("select count(*) from jobs where kind = 'fetch_card'") == 0
        )
    async with open_site(msgspec.structs.replace(settings, preview_cards=False)) as site:
        ann = await site.member("bob")
        await ann.say("https://site.example/")
        assert (
            await site.services.database.fetchval("select count(*) from jobs where kind = 'fetch_card'") == 0
        )


async def test_nothing_is_asked_for_posts_that_are_not_shown_or_between_a_few(cards: Cards) -> None:
    ann, bob = await cards.site.members("ann", "bob")
    services, url = cards.site.services, cards.web.at("site.example")
    held = services.ids.decode((await ann.say(url))["id"])
    assert held is not None
    async with services.database.transaction() as tx:
        await decide_post(tx, held, PostState.HELD)
    await ann.say(f"@bob {url}", visibility="direct")
    gone = (await ann.say(url))["id"]
    await ann.request("DELETE", f"/api/v1/statuses/{gone}")
    await cards.fetch()
    assert cards.web.heads == []
    # Once a person has let it through, it is like any other.
    async with services.database.transaction() as tx:
        await decide_post(tx, held, PostState.VISIBLE)
    await cards.fetch()
    assert (await cards.card(bob, services.ids.encode(held)))["url"] == url


async def test_an_edit_changes_the_card_or_takes_it_away(cards: Cards) -> None:
    ann = await cards.site.member("ann")
    cards.web.answers["/two"] = page("<title>Two</title>")
    said = await ann.say(cards.web.at("site.example"))
    await cards.fetch()
    await ann.request(
        "PUT", f"/api/v1/statuses/{said['id']}", data={"status": cards.web.at("site.example", "/two")}
    )
    await cards.fetch()
    assert (await cards.card(ann, said["id"]))["title"] == "Two"
    await ann.request("PUT", f"/api/v1/statuses/{said['id']}", data={"status": "no link"})
    await cards.fetch()
    assert await cards.card(ann, said["id"]) is None


async def test_what_fails_is_asked_again_later_and_then_given_up(cards: Cards) -> None:
    ann = await cards.site.member("ann")
    cards.web.answers["/"] = page("busy", status=503)
    said = await ann.say(cards.web.at("site.example"))
    for _ in range(6):
        await cards.fetch()
        cards.clock.advance(timedelta(hours=2))
    assert len(cards.web.paths) == 3
    assert await cards.card(ann, said["id"]) is None
    assert (
        await cards.site.services.database.fetchval("select count(*) from jobs where kind = 'fetch_card'")
        == 0
    )
    # A page that says that there is nothing is believed at once.
    cards.web.answers["/none"] = page("none", status=404)
    assert await cards.carded(ann, cards.web.at("site.example", "/none")) is None
    await cards.carded(ann, cards.web.at("site.example", "/none"))
    assert cards.web.paths.count("/none") == 1


PAGES: list[tuple[Any, str | None]] = [
    (page("<title>\xe9t\xe9</title>".encode("latin-1"), kind="text/html; charset=iso-8859-1"), "été"),
    (page('<meta charset="shift_jis"><title>日本</title>'.encode("shift_jis"), kind="text/html"), "日本"),
    (page("<title>\ufeffmore\u202etxt.exe</title>", kind="text/html"), "moretxt.exe"),
    (page("<title>x</title>", kind="application/pdf"), None),
    (page("<title> </title>"), None),
    (page("", status=204), None),
    (page(b"\xff\xfe" + "<title>wide</title>".encode("utf-16-le"), kind="text/html"), "wide"),
    (page("<html>" + "<div>" * 100_000), None),
]


async def test_pages_of_every_kind(cards: Cards) -> None:
    ann = await cards.site.member("ann")
    for number, (answer, title) in enumerate(PAGES):
        cards.web.answers[f"/{number}"] = answer
        card = await cards.carded(ann, cards.web.at("site.example", f"/{number}"))
        assert (card and card["title"]) == title, number


async def test_cve_2023_36462_a_card_does_not_hide_where_it_leads(cards: Cards) -> None:
    ann = await cards.site.member("ann")
    cards.web.answers |= {
        "/short": leads_to(cards.web.at("other.example", "/evil")),
        "/evil": page('<title>Sign in</title><meta property="og:site_name" content="https://bank.example/">'
                      '<meta property="og:url" content="https://bank.example/"><link rel="canonical" href="https://bank.example/">'),
        "/own": page('<title>x</title><meta property="og:site_name" content="site.example">'),
    }  # fmt: skip
    card = await cards.carded(ann, cards.web.at("site.example", "/short"))
    assert card["provider_name"] == "other.example"
    assert card["provider_url"] == cards.web.at("other.example", "")
    assert card["url"] == cards.web.at("site.example", "/short")
    assert "bank" not in json.dumps(card)
    card = await cards.carded(ann, cards.web.at("www.site.example", "/own"))
    assert card["provider_name"] == "site.example"


async def test_cve_2023_36459_oembed_markup_is_made_anew_or_left_out(cards: Cards) -> None:
    ann = await cards.site.member("ann")
    frame = 'src="https://video.example/e?a=1&amp;b=2" onload="alert(1)" width="9"'
    documents: list[tuple[Any, str, str]] = [
        ({"type": "video", "html": f"<script>alert(1)</script><iframe {frame}></iframe>", "width": 640, "height": 360}, "video",
         '<iframe src="https://video.example/e?a=1&amp;b=2" width="640" height="360"'),
        ({"type": "video", "html": '<iframe src="javascript:alert(1)"></iframe>'}, "link", ""),
        ({"type": "video", "html": '<iframe src="http://video.example/"></iframe>'}, "link", ""),
        ({"type": "video", "html": '<iframe src="https://localhost/x"></iframe>'}, "link", ""),
        ({"type": "video", "html": '<iframe src="https://127.0.0.1/x"></iframe>'}, "link", ""),
        ({"type": "video", "html": ["x"], "width": "9" * 500}, "link", ""),
        ({"type": "rich", "html": "<img src=x onerror=alert(1)>", "width": -1}, "link", ""),
        ({"type": "photo", "url": "javascript:alert(1)"}, "link", ""),
        ({"type": "photo", "url": "https://pictures.example/a.jpg", "width": "200", "height": 100, "author_name": "Pat"}, "photo", ""),
        ("not an object", "link", ""),
    ]  # fmt: skip
    for number, (document, kind, html) in enumerate(documents):
        link = f'<link rel="alternate" type="application/json+oembed" href="/oembed{number}">'
        cards.web.answers[f"/{number}"] = page(f"<title>t</title>{link}")
        cards.web.answers[f"/oembed{number}"] = page(json.dumps(document), kind="application/json")
        card = await cards.carded(ann, cards.web.at("site.example", f"/{number}"))
        assert (card["type"], card["title"]) == (kind, "t"), document
        assert card["html"].startswith(html), card["html"]
        assert bool(html) == bool(card["html"])
        assert "alert" not in json.dumps(card)
        assert not card["html"] or 'sandbox="' in card["html"]
        if kind == "photo":
            assert card["embed_url"] == "https://pictures.example/a.jpg"
            assert (card["width"], card["height"], card["author_name"]) == (200, 100, "Pat")


async def test_a_page_that_says_what_the_rules_would_hold_is_not_shown(
    settings: Settings, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES)
    pages = {"/": page("<title>A forbiddenword</title>"), "/fine": page("<title>Fine</title>")}
    async with open_cards(settings, pages, screening_rules_file=rules) as cards:
        ann = await cards.site.member("ann")
        assert await cards.carded(ann, cards.web.at("site.example")) is None
        assert (await cards.carded(ann, cards.web.at("site.example", "/fine")))["title"] == "Fine"
        assert len(cards.web.paths) == 2


async def test_private_networks_are_not_asked_for_a_card(settings: Settings) -> None:
    async with open_cards(settings, {"/": page(HEAD)}, outbound_private_allowed=()) as cards:
        ann = await cards.site.member("ann")
        assert await cards.carded(ann, cards.web.at("site.example")) is None
        assert cards.web.heads == []
        # It is not asked again for each who links there.
        assert await cards.site.services.database.fetchval("select state from preview_cards") == 2


async def test_a_slow_site_holds_up_no_other(cards: Cards) -> None:
    """The runner starts the next errand when a place is free, not when all of a batch are done."""
    ann = await cards.site.member("ann")
    let_go = asyncio.Event()

    async def waits(writer: asyncio.StreamWriter) -> None:
        await let_go.wait()
        await page("<title>slow</title>")(writer)

    cards.web.answers |= {"/slow": waits, "/quick": page("<title>quick</title>")}
    services = cards.site.services
    done: asyncio.Queue[bytes] = asyncio.Queue()
    names = FakeResolver({"site.example": ["127.0.0.1"]})
    async with guarded_client(services.settings, resolver=names) as outbound:
        kind = kinds_of(Outside(services.settings, services.database, services.clock, outbound))[FETCH_CARD]

        async def errand(payload: bytes) -> datetime | None:
            later = await kind.errand(payload)
            done.put_nowait(payload)
            return later

        runner = ErrandRunner(
            services.database, services.clock, {FETCH_CARD: errand}, RunnerLimits(batch=2, poll_seconds=0.02)
        )
        slow = (await ann.say(cards.web.at("site.example", "/slow")))["id"]
        stop = asyncio.Event()
        running = asyncio.create_task(runner.run(stop))
        await cards.web.asked.acquire()
        quick = (await ann.say(cards.web.at("site.example", "/quick")))["id"]
        await done.get()
        assert (await cards.card(ann, quick))["title"] == "quick"
        assert await cards.card(ann, slow) is None
        let_go.set()
        await done.get()
        assert (await cards.card(ann, slow))["title"] == "slow"
        stop.set()
        await running


async def test_an_errand_that_died_is_done_by_another(cards: Cards) -> None:
    ann = await cards.site.member("ann")
    said = await ann.say(cards.web.at("site.example"))
    services = cards.site.services
    post_id = services.ids.decode(said["id"])
    assert post_id is not None
    # Somebody claimed the address and never came back.
    await services.database.fetch(
        "insert into preview_cards (id, url, created_at, fetching_until) values (1, $1, now(), $2)",
        cards.web.at("site.example"), cards.clock.now() + timedelta(seconds=90),
    )  # fmt: skip
    await cards.fetch()
    assert await cards.card(ann, said["id"]) is None
    cards.clock.advance(timedelta(minutes=2))
    await cards.fetch()
    assert (await cards.card(ann, said["id"]))["title"] == "A <b>title</b>"
    assert msgspec.json.decode(msgspec.json.encode(PostPublished(post_id)), type=PostPublished).links
