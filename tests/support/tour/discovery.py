"""What the server offers to read and whom to follow: announcements, suggestions, trends."""

from __future__ import annotations

from datetime import timedelta

from holdfast.pure.page_previews import Preview
from holdfast.social.announcements import NewAnnouncement, add_announcement
from holdfast.social.cards import CardLimits, begin_card, record_card
from holdfast.social.trends import TrendLimits, refresh_trends
from tests.support.site import Site
from tests.support.tour.guide import Guide

NEWS = "https://news.example/1"
TRENDS = ("tags", "statuses", "links")


async def announcements(guide: Guide) -> None:
    """One, with reactions, a mention, a hashtag and a post in it; then it is read."""
    site, bob = guide.site, guide.bob
    post = await guide.ann.get(f"/api/v1/statuses/{guide.made['post']}")
    text = f"Hello @ann, see #harbour and {post['url']}"
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await add_announcement(
            tx, NewAnnouncement(text, now, now, now + timedelta(days=1)), most_characters=500, now=now
        )
    path = "/api/v1/announcements"
    [shown] = await bob.get(path)
    for method in ("PUT", "DELETE", "PUT"):
        await guide.ask(bob, method, f"{path}/{shown['id']}/reactions/%F0%9F%8E%89")
    await guide.walk(bob, path)
    await guide.ask(bob, "POST", f"{path}/{shown['id']}/dismiss")


async def suggestions(guide: Guide) -> None:
    """Somebody new is shown whom others follow."""
    newcomer = await guide.site.member("eve")
    await guide.walk(newcomer, "/api/v1/suggestions", "/api/v2/suggestions")
    await guide.ask(newcomer, "DELETE", f"/api/v1/suggestions/{guide.ann.id}")


async def trends(guide: Guide) -> None:
    """Tags, posts and links that several people bring, and what the staff says of them."""
    ann, bob, carla, admin, site = guide.ann, guide.bob, guide.carla, guide.admin, guide.site
    liked = ""
    for who in (ann, bob, carla):
        said = await who.say(f"#harbour {NEWS}", language="en")
        liked = said["id"]
        await _card(site, liked)
    for who in (bob, carla):
        await who.post(f"/api/v1/statuses/{liked}/favourite")
        await who.post(f"/api/v1/statuses/{guide.made['second_post']}/favourite")
    await _refresh(site)
    for kind in TRENDS:
        for reader in (ann, None):
            await guide.walk(reader, f"/api/v1/trends/{kind}")
        path = f"/api/v1/admin/trends/{kind}"
        shown = await admin.get(path)
        for verb in ("reject", "approve"):
            await admin.post(f"{path}/{shown[0]['id']}/{verb}")
        if kind == "tags":
            guide.made["tag"] = shown[0]["id"]
    await guide.walk(None, "/api/v1/trends")


async def links(guide: Guide) -> None:
    """Posts that show a page."""
    for who in (guide.bob, guide.ann, None):
        await guide.walk(who, f"/api/v1/timelines/link?url={NEWS}")


async def _card(site: Site, status_id: str) -> None:
    """The card of NEWS for a post, as if it had been fetched."""
    now, post_id = site.services.clock.now(), site.services.ids.decode(status_id)
    assert post_id is not None
    async with site.services.database.transaction() as tx:
        begun = await begin_card(tx, post_id, NEWS, CardLimits(), now=now)
        await record_card(tx, begun.card_id, Preview(NEWS, "The news"), now=now)


async def _refresh(site: Site) -> None:
    limits = TrendLimits(min_accounts=2, half_life_hours=12, most=10)
    async with site.services.database.transaction() as tx:
        await refresh_trends(tx, limits, now=site.services.clock.now())
