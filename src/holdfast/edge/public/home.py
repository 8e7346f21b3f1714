"""The start page: what this place is, its newest public posts, and the way in."""

from __future__ import annotations

from ...pure.window import Window
from ...social.timelines import Feed, Page
from ..answers import Answer
from ..call import Call
from ..feeds import FeedKind, feed_access
from ..routes import Access, RouteTable
from .browser import Visit
from .cards import cards
from .pages import page
from .reading import Description, read_slice, show, viewer_of

routes = RouteTable()

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
    return show(
        call, visit, "home.html", about, title=settings.title, cards=await cards(call, viewer, part.posts),
        part=part, closed=closed, usage=await services.instance.usage(),
    )  # fmt: skip
