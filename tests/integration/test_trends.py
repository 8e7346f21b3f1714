"""Trends over HTTP: what makes one, what never does, who is shown it, and what the staff says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from holdfast.main.jobs_runner import periodic_of, run_all_due
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.pure.page_previews import Preview
from holdfast.social.cards import CardLimits, begin_card, record_card
from holdfast.social.posts import PostState, decide_post
from holdfast.social.trends import TrendLimits, refresh_trends
from tests.support.entities import problems
from tests.support.site import Member, Site, open_site

TAGS, POSTS, LINKS = (f"/api/v1/trends/{kind}" for kind in ("tags", "statuses", "links"))
LIMITS = TrendLimits(min_accounts=2, half_life_hours=12, most=10)


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, rate_requests=100_000)) as opened:
        yield opened


async def refresh(site: Site, after: timedelta = timedelta(0)) -> None:
    async with site.services.database.transaction() as tx:
        await refresh_trends(tx, LIMITS, now=site.services.clock.now() + after)


async def names(who: Member, **params: Any) -> list[str]:
    return [tag["name"] for tag in await who.get(TAGS, **params)]


async def liked(site: Site, status_id: str, *fans: Member) -> str:
    for fan in fans:
        await fan.post(f"/api/v1/statuses/{status_id}/favourite")
    return status_id


async def execute(site: Site, sql: str, *arguments: object) -> None:
    async with site.services.database.transaction() as tx:
        await tx.execute(sql, *arguments)
        tx.touch_everything()


async def test_a_hashtag_trends_when_several_people_use_it(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    for who in (ann, bob, cat):
        await who.say("at the #Harbour")
    for who in (ann, bob):
        await who.say("on the #ferry")
    for _ in range(5):
        await ann.say("my #alone")
    assert await names(ann) == []
    await refresh(site)
    found = await ann.get(TAGS)
    assert [tag["name"] for tag in found] == ["Harbour", "ferry"]
    assert set(found[0]) == {"id", "name", "url", "history", "following", "featuring"}
    history = found[0]["history"]
    assert (len(history), history[0]["uses"], history[0]["accounts"]) == (7, "3", "3")
    assert await ann.get("/api/v1/trends") == found
    assert await names(ann, limit=1) == ["Harbour"]
    assert await names(ann, limit=1, offset=1) == ["ferry"]
    assert (await site.client.get(TAGS)).json()[0]["name"] == "Harbour"
    assert (await ann.request("GET", TAGS, params={"offset": -1})).status_code == 422
    page = (await site.client.get("/")).text
    assert "People talk about" in page
    assert "3 people in a day" in page


async def test_a_use_counts_less_the_longer_ago_it_is_and_nothing_after_a_week(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    for who in (ann, bob):
        await who.say("#old")
    # Two days before: the same three people and more.
    for who in (ann, bob, cat):
        said = await who.say("#older")
        ident = site.services.ids.decode(said["id"])
        assert ident is not None
        earlier = ident - (int(timedelta(days=2).total_seconds() * 1000) << 21)
        await execute(site, "delete from post_counts where post_id = $1", ident)
        await execute(
            site,
            "with moved as (insert into posts select $2, account_id, $2, null, null, null, app_id, visibility, state,"
            " sensitive, text, spoiler, language, created_at - interval '2 days' from posts where id = $1)"
            " update post_tags set post_id = $2 where post_id = $1",
            ident, earlier,
        )  # fmt: skip
    await refresh(site)
    assert await names(ann) == ["old", "older"]
    await refresh(site, timedelta(days=6))
    assert await names(ann) == ["old"]
    await refresh(site, timedelta(days=8))
    assert await names(ann) == []


async def _object(site: Site, why: str, author: Member, fan: Member, ident: int) -> None:
    """Give a reason why something by this author must not be spread."""
    match why:
        case "held":
            async with site.services.database.transaction() as tx:
                await decide_post(tx, ident, PostState.HELD)
        case "flagged":
            await execute(
                site,
                "insert into post_verdicts select id + 1, id, 'flag', 'P3', '{}', '{}', '[]', 'v', null, now()"
                " from posts where id = $1",
                ident,
            )
        case "reported":
            named = {"status_ids[]": site.services.ids.encode(ident)}
            await fan.post("/api/v1/reports", account_id=author.id, **named)
        case "account_reported":
            await fan.post("/api/v1/reports", account_id=author.id, comment="all of it")
        case "hidden":
            form = {"discoverable": "false"}
            await author.request("PATCH", "/api/v1/accounts/update_credentials", data=form)
        case "limited" | "sensitized":
            sql = {
                "limited": "update accounts set limited_at = now() where id = $1",
                "sensitized": "update accounts set sensitized_at = now() where id = $1",
            }[why]
            await execute(site, sql, author.account_id)
        case "suspended":
            await execute(site, "update accounts set state = 2 where id = $1", author.account_id)


async def test_what_anybody_objects_to_never_trends(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    never: dict[str, dict[str, str]] = {
        "unlisted": {"visibility": "unlisted"},
        "sensitive": {"sensitive": "true"},
        "warned": {"spoiler_text": "careful"},
    }
    at_once = ("held", "hidden", "limited", "sensitized", "suspended")
    later = ("flagged", "reported", "account_reported")
    made: dict[str, tuple[Member, str]] = {}
    for why in (*never, *at_once, *later):
        author = await site.member(why)
        post = await author.say(f"my #{why}", **never.get(why, {}))
        await bob.say(f"good #{why}")
        made[why] = author, await liked(site, post["id"], ann, bob)
    await refresh(site)

    async def trending() -> tuple[set[str], set[str]]:
        posts = set(await ann.ids(POSTS, limit=40))
        return set(await names(ann, limit=20)), {why for why, (_, ident) in made.items() if ident in posts}

    assert await trending() == ({*at_once, *later}, {*at_once, *later})
    for why, (author, public_id) in made.items():
        await _object(site, why, author, ann, site.services.ids.decode(public_id) or 0)
    # What the gate and the account say counts at once, before the next count.
    assert (await trending())[1] == set(later)
    await refresh(site)
    assert await trending() == (set(), set())


async def test_posts_trend_by_the_people_who_liked_them_and_one_of_each_author(site: Site) -> None:
    ann, bob, cat, dan, eve = await site.members("ann", "bob", "cat", "dan", "eve")
    best = await liked(site, (await ann.say("best"))["id"], bob, cat, dan)
    await liked(site, (await ann.say("second of mine"))["id"], bob, cat)
    good = await liked(site, (await bob.say("good"))["id"], ann)
    await cat.post(f"/api/v1/statuses/{good}/reblog")
    own = (await cat.say("I like it myself"))["id"]
    await liked(site, own, cat, ann)
    await refresh(site)
    assert await eve.ids(POSTS) == [best, good]
    assert await eve.ids(POSTS, limit=1, offset=1) == [good]
    # Only what the viewer wants to see, and the offset counts that alone.
    await eve.post(f"/api/v1/accounts/{ann.id}/mute")
    assert await eve.ids(POSTS, limit=1) == [good]
    await bob.post(f"/api/v1/accounts/{eve.id}/block")
    assert await eve.ids(POSTS) == []
    assert [row["id"] for row in (await site.client.get(POSTS)).json()] == [best, good]
    await dan.request("POST", f"/api/v1/accounts/{ann.id}/follow", data={"languages[]": "de"})
    await execute(site, "update posts set language = 'en'")
    assert await dan.ids(POSTS) == [good]


async def card(site: Site, post: dict[str, Any], url: str, **changes: Any) -> None:
    now, ident = site.services.clock.now(), site.services.ids.decode(post["id"])
    assert ident is not None
    preview = Preview("https://news.example/1", "The news")
    async with site.services.database.transaction() as tx:
        begun = await begin_card(tx, ident, url, CardLimits(), now=now)
        await record_card(tx, begun.card_id, preview, now=now, **changes)


async def test_links_trend_by_the_page_that_they_lead_to(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await card(site, await ann.say("https://news.example/1"), "https://news.example/1")
    await card(site, await bob.say("https://short.example/x"), "https://short.example/x")
    await refresh(site)
    [link] = await eve.get(LINKS)
    assert problems("PreviewCard", link) == []
    assert (link["url"], link["title"]) == ("https://news.example/1", "The news")
    assert (link["history"][0]["uses"], link["history"][0]["accounts"], len(link["history"])) == ("2", "2", 7)
    # Screening withholds what the page says of itself by now.
    await execute(site, "update preview_cards set state = 3")
    assert await eve.get(LINKS) == []


async def test_the_staff_approves_and_rejects(settings: Settings) -> None:
    chosen = msgspec.structs.replace(settings, trends_review=True)
    async with open_site(chosen) as site:
        ann, bob = await site.members("ann", "bob")
        mod = await site.member("mod", role="moderator")
        for who in (ann, bob):
            await who.say("#town")
        post = await liked(site, (await ann.say("liked"))["id"], bob, mod)
        await card(site, await ann.say("https://news.example/1"), "https://news.example/1")
        await card(site, await bob.say("https://news.example/1"), "https://news.example/1")
        await refresh(site)
        for public, kind in ((TAGS, "tags"), (POSTS, "statuses"), (LINKS, "links")):
            path = f"/api/v1/admin/trends/{kind}"
            assert await ann.get(public) == []
            [waiting] = await mod.get(path)
            assert waiting["requires_review"] is True
            approved = await mod.post(f"{path}/{waiting['id']}/approve")
            assert approved["requires_review"] is False
            assert [row["id"] for row in await ann.get(public)] == [waiting["id"]]
            if kind == "tags":
                assert (approved["trendable"], waiting["trendable"], approved["usable"]) == (
                    True,
                    False,
                    True,
                )
                assert [tag["name"] for tag in await _hashtags(ann, "town")] == ["town"]
            await mod.post(f"{path}/{waiting['id']}/reject")
            assert await ann.get(public) == []
            assert (await ann.request("GET", path)).status_code == 403
            assert (await mod.request("POST", f"{path}/{ann.id}/approve")).status_code == 404
        assert await _hashtags(ann, "town") == []
        assert len(await _hashtags(ann, "town", exclude_unreviewed="false")) == 1
        verbs = await site.services.database.fetch("select verb from moderation_actions order by id")
        assert [row[0] for row in verbs] == [
            f"{kind}.{what}_trend" for kind in ("tag", "post", "link") for what in ("approve", "reject")
        ]
        private = await ann.say("for friends", visibility="private")
        refused = await mod.request("POST", f"/api/v1/admin/trends/statuses/{private['id']}/approve")
        assert refused.status_code == 404
        assert post


async def _hashtags(who: Member, words: str, **params: Any) -> list[dict[str, Any]]:
    asked = {"exclude_unreviewed": "true", **params}
    found = await who.get("/api/v2/search", q=words, type="hashtags", **asked)
    return list(found["hashtags"])


async def test_a_flagged_post_trends_once_the_staff_approves_it(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    mod = await site.member("mod", role="moderator")
    post = await liked(site, (await ann.say("borderline"))["id"], bob, cat)
    await execute(
        site,
        "insert into post_verdicts select id, id, 'flag', 'P3', '{}', '{}', '[]', 'v', null, now() from posts",
    )
    await refresh(site)
    assert await bob.ids(POSTS) == []
    await mod.post(f"/api/v1/admin/trends/statuses/{post}/approve")
    await refresh(site)
    assert await bob.ids(POSTS) == [post]


async def test_trends_can_be_switched_off_and_keep_to_members(settings: Settings) -> None:
    async with open_site(msgspec.structs.replace(settings, trends=False)) as site:
        ann, bob = await site.members("ann", "bob")
        for who in (ann, bob):
            await who.say("#town")
        await refresh(site)
        assert [await ann.get(path) for path in (TAGS, POSTS, LINKS)] == [[], [], []]
        assert "refresh_trends" not in {due.name for due in periodic_of(site.services.settings)}
    async with open_site(msgspec.structs.replace(settings, timelines_access="members")) as site:
        for path in (TAGS, POSTS, LINKS):
            assert (await site.client.get(path)).status_code == 401


async def test_workers_compute_trends_by_the_clock(settings: Settings) -> None:
    chosen = msgspec.structs.replace(settings, trends_min_accounts=2)
    async with open_site(chosen) as site:
        ann, bob = await site.members("ann", "bob")
        clock = FixedClock(site.services.clock.now())
        await run_all_due(site.services.database, clock, periodic_of(chosen))
        for who in (ann, bob):
            await who.say("#town")
        await run_all_due(site.services.database, clock, periodic_of(chosen))
        assert await names(ann) == []
        clock.advance(timedelta(minutes=chosen.trends_refresh_minutes))
        await run_all_due(site.services.database, clock, periodic_of(chosen))
        assert await names(ann) == ["town"]
