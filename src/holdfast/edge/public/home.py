"""The start page: what this place is, its newest public posts, and the way in."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from ...platform.clock import Instant
from ...pure.window import Window
from ...social.accounts import Actor
from ...social.announcements import (
    AnnouncementNotVisible,
    dismiss_announcement,
    named_accounts,
    shown_announcements,
)
from ...social.graph import Viewer
from ...social.search import Tag
from ...social.timelines import Feed, Page
from ...social.trends import TrendRules, trending_tags
from ..answers import Answer, redirect
from ..authored_html import announcement_html
from ..call import Call
from ..feeds import FeedKind, feed_access
from ..links import tag_path
from ..ports import Services
from ..routes import Access, RouteTable
from .browser import Visit
from .cards import cards
from .pages import form, page
from .reading import Description, read_slice, show, viewer_of

routes = RouteTable()


class Announced(NamedTuple):
    """One announcement as the page shows it. `id`: the public one."""

    id: str
    content: Markup
    starts_at: Instant | None
    ends_at: Instant | None
    all_day: bool


class TrendingTag(NamedTuple):
    """One hashtag that trends. `people`: at most so many used it on a day, lately."""

    name: str
    path: str
    people: int


_TRENDS_SHOWN = 5
_FEED = Feed(local=True)


@routes.get("/", Access.browser())
@page
async def home(call: Call, visit: Visit) -> Answer:
    """GET /. Visitors see no timeline where only members may."""
    viewer, services = await viewer_of(call, visit), call.services
    settings = services.settings
    access = feed_access(settings, FeedKind.LIVE, local=True)
    closed = access == "disabled" or (access == "members" and viewer.account_id is None)

    async def read(window: Window) -> Page:
        return Page([], None, None) if closed else await services.timelines.public(viewer, _FEED, window)

    part = await read_slice(call, "/", read)
    about = Description(
        "/", settings.title, settings.description, image="/instance/thumbnail.png", indexed=part.first
    )
    trending = [] if closed else await _trending(services, viewer, call.now)
    announced = await _announced(services, viewer, call.now) if part.first else []
    return show(
        call, visit, "home.html", about, title=settings.title, cards=await cards(call, viewer, part.posts),
        part=part, closed=closed, usage=await services.instance.usage(), announced=announced,
        trending=trending,
    )  # fmt: skip


@routes.post("/announcements/{id}/dismiss", Access.browser())
@form
async def dismiss(call: Call, visit: Visit, _fields: dict[str, str]) -> Answer:
    """POST /announcements/{id}/dismiss: a member does not want to read it again."""
    actor = Actor(visit.member().account_id)
    announcement_id = call.services.ids.decode(call.segment("id"))
    if announcement_id is None:
        raise AnnouncementNotVisible
    async with call.services.database.transaction() as tx:
        await dismiss_announcement(tx, actor, announcement_id, now=call.now)
    return redirect("/")


async def _trending(services: Services, viewer: Viewer, now: Instant) -> list[TrendingTag]:
    """Hashtags that many people use now, for those who may read by hashtag."""
    settings = services.settings
    access = feed_access(settings, FeedKind.HASHTAG, local=True)
    if access == "disabled" or (access == "members" and viewer.account_id is None):
        return []
    rules = TrendRules(settings.trends, settings.trends_review)
    tags = await trending_tags(services.database, rules, limit=_TRENDS_SHOWN, offset=0, now=now)
    return [TrendingTag(tag.display, tag_path(tag.name), _lately(tag)) for tag in tags]


def _lately(tag: Tag) -> int:
    """Most people who used it on one of the last two days: today has only begun."""
    return max(day.accounts for day in tag.history[:2])


async def _announced(services: Services, viewer: Viewer, now: Instant) -> list[Announced]:
    """What is announced now, without what a member put away."""
    database, domain = services.database, services.settings.domain
    found = await shown_announcements(database, viewer.account_id, dismissed=False, now=now)
    return [
        Announced(
            services.ids.encode(one.id),
            # Made by our own renderer, which escapes everything that an author wrote.
            Markup(announcement_html(services, one.text, await named_accounts(database, one.text, domain))),  # noqa: S704
            one.starts_at, one.ends_at, one.all_day,
        )
        for one in found
    ]  # fmt: skip
