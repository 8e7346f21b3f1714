"""Announcements: from the command line to apps, streams and the home page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from holdfast.main.live_events import live_events_of
from holdfast.platform.clock import FixedClock, Instant
from holdfast.platform.config import Settings
from holdfast.platform.jobs import run_due
from holdfast.social.announcements import (
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementRemoved,
    NewAnnouncement,
    add_announcement,
    remove_announcement,
    settle_announcements,
)
from tests.support.browser import open_town
from tests.support.emojis import put_emoji
from tests.support.entities import problems
from tests.support.site import Member, Site
from tests.support.streams import Talk, served, talk

PATH = "/api/v1/announcements"


async def announce(site: Site, text: str, **more: Any) -> str:
    now = site.services.clock.now()
    new = NewAnnouncement(text, more.pop("publish_at", now), **more)
    async with site.services.database.transaction() as tx:
        return site.services.ids.encode(await add_announcement(tx, new, most_characters=500, now=now))


async def told(who: Member, **params: Any) -> list[str]:
    return [row["content"] for row in await who.get(PATH, **params)]


async def react(who: Member, ident: str, name: str, method: str = "PUT") -> int:
    return (await who.request(method, f"{PATH}/{ident}/reactions/{name}")).status_code


async def heard(stream: Talk) -> tuple[str, Any]:
    message = await stream.raw()
    return message["event"], msgspec.json.decode(message["payload"])


async def test_an_announcement_has_every_field_and_its_links(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("the post")
    hidden = await ann.say("for friends", visibility="private")
    await put_emoji(site, "blob")
    ident = await announce(
        site, f"Thanks to @ann and @nobody for #Harbour :blob: {post['url']} {hidden['url']} <b>"
    )  # fmt: skip
    [row] = await bob.get(PATH)
    assert problems("Announcement", row) == []
    assert (row["id"], row["read"], row["all_day"], row["starts_at"]) == (ident, False, False, None)
    assert "&lt;b&gt;" in row["content"]
    assert f'href="{site.services.base_url}/@ann"' in row["content"]
    assert [one["acct"] for one in row["mentions"]] == ["ann"]
    assert [one["name"] for one in row["tags"]] == ["Harbour"]
    assert [one["id"] for one in row["statuses"]] == [post["id"]]
    assert [one["shortcode"] for one in row["emojis"]] == ["blob"]
    assert row["reactions"] == []
    assert (await site.client.get(PATH)).status_code == 401


async def test_what_is_put_away_is_asked_for_by_name(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    ident = await announce(site, "one")
    for _ in range(2):
        assert await ann.post(f"{PATH}/{ident}/dismiss") == {}
    assert await told(ann) == []
    assert [row["read"] for row in await ann.get(PATH, with_dismissed="true")] == [True]
    assert await told(bob) == ["<p>one</p>"]
    for missing in (bob.id, "x"):
        assert (await ann.request("POST", f"{PATH}/{missing}/dismiss")).status_code == 404


async def test_reactions_are_counted_and_limited(settings: Settings, site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await put_emoji(site, "blob")
    ident = await announce(site, "one")
    for who in (ann, bob, ann):
        assert await react(who, ident, "👍") == 200
    assert await react(bob, ident, "blob") == 200
    [row] = await ann.get(PATH)
    picture = (await site.client.get("/api/v1/custom_emojis")).json()[0]["url"]
    assert row["reactions"] == [
        {"name": "👍", "count": 2, "me": True},
        {"name": "blob", "count": 1, "me": False, "url": picture, "static_url": picture},
    ]
    assert problems("Reaction", row["reactions"][1]) == []
    for wrong in ("word", "👍👍", "%F0%9F"):
        assert await react(ann, ident, wrong) == 422, wrong
    for nothing in ("a%00b", "%00"):
        assert await react(ann, ident, nothing) == 404, nothing
    for name in ("blob", "👍", "👍", "never"):
        assert await react(bob, ident, name, "DELETE") == 200
    assert [one["name"] for one in (await ann.get(PATH))[0]["reactions"]] == ["👍"]
    most = settings.announcement_reactions_max
    codes = [await react(ann, ident, chr(0x1F600 + number)) for number in range(most)]
    assert codes == [200] * (most - 1) + [422]
    assert await react(bob, ident, "👍") == 200
    for missing in (bob.id, "x"):
        assert await react(ann, missing, "👍") == 404


async def test_announcements_wait_for_their_time_and_end(site: Site) -> None:
    (ann,) = await site.members("ann")
    clock = FixedClock(site.services.clock.now())
    soon, later = clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2)
    ident = await announce(site, "waits", publish_at=soon, ends_at=later)
    await announce(site, "never seen", publish_at=soon, ends_at=soon + timedelta(seconds=1))

    async def settle(at: Instant) -> None:
        clock.at = at
        await run_due(site.services.database, clock, "settle", timedelta(0), settle_announcements)

    await settle(clock.now())
    assert await told(ann) == []
    assert await react(ann, ident, "👍") == 404
    await settle(soon + timedelta(minutes=1))
    [row] = await ann.get(PATH)
    assert datetime.fromisoformat(row["published_at"]) - soon < timedelta(minutes=2)
    assert row["content"] == "<p>waits</p>"
    await settle(later)
    ended = "select count(*) from announcements where ended_at is not null"
    assert await site.services.database.fetchval(ended) == 1


async def test_streams_are_told(site: Site) -> None:
    (ann,) = await site.members("ann")
    await site.services.live.listening.wait()
    async with served(site.app) as port, talk(port, ann.token, "?stream=user") as stream:
        await stream.settled()
        ident = await announce(site, "now")
        event, payload = await heard(stream)
        assert (event, payload["id"], payload["content"]) == ("announcement", ident, "<p>now</p>")
        assert "read" not in payload
        await react(ann, ident, "👍")
        assert await heard(stream) == (
            "announcement.reaction",
            {"name": "👍", "count": 1, "announcement_id": ident},
        )
        await react(ann, ident, "👍", "DELETE")
        assert (await heard(stream))[1]["count"] == 0
        async with site.services.database.transaction() as tx:
            await remove_announcement(tx, site.services.ids.decode(ident) or 0)
        gone = await stream.raw()
        assert (gone["event"], gone["payload"]) == ("announcement.delete", ident)
    assert await told(ann) == []


def test_every_fact_about_announcements_is_told_live() -> None:
    for event in (AnnouncementPublished(1), AnnouncementReacted(1, 2), AnnouncementRemoved(1)):
        assert list(live_events_of(event))


async def test_the_home_page_shows_what_is_announced(site: Site) -> None:
    assert "Announcements" not in (await site.client.get("/")).text
    await announce(site, "We move <on> Friday. #harbour")
    page = (await site.client.get("/")).text
    assert "Announcements" in page
    assert "We move &lt;on&gt; Friday." in page
    assert "/tags/harbour" in page
    assert "Put away" not in page


async def test_a_member_puts_an_announcement_away_on_the_page(settings: Settings) -> None:
    async with open_town(settings) as town:
        await town.member("ann")
        browser = await town.signed_in("ann")
        now = town.services.clock.now()
        async with town.services.database.transaction() as tx:
            made = await add_announcement(tx, NewAnnouncement("Hear!", now), most_characters=50, now=now)
        await browser.open("/")
        action = f"/announcements/{town.services.ids.encode(made)}/dismiss"
        assert (await browser.send(action)).headers["location"] == "/"
        await browser.open("/")
        assert "Hear!" not in browser.page
        assert "Hear!" in (await town.client().get("/")).text
