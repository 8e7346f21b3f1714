"""Posts with a hashtag."""

from __future__ import annotations

from ...pure.errors import NotFound
from ...pure.names import normalise_hashtag
from ...pure.window import Window
from ...social.search import tag_by_name
from ...social.timelines import Feed, Page
from ..answers import Answer
from ..call import Call
from ..feeds import FeedKind, open_feed
from ..links import tag_path
from ..routes import Access, RouteTable
from .browser import Visit
from .cards import cards
from .pages import page
from .reading import Description, read_slice, show, viewer_of

routes = RouteTable()


@routes.get("/tags/{tag}", Access.browser())
@page
async def tag(call: Call, visit: Visit) -> Answer:
    """GET /tags/tag. Search engines are kept away: not everybody who posts here wants to be found."""
    viewer, services = await viewer_of(call, visit), call.services
    shown = open_feed(services.settings, FeedKind.HASHTAG, member=viewer.account_id is not None)
    key = normalise_hashtag(call.segment("tag"))
    if not key or not key.isprintable() or shown is None:
        raise NotFound
    path = tag_path(key)
    feed = Feed(local=shown.only_local, remote=shown.only_remote, any_tags=(key,))

    async def read(window: Window) -> Page:
        return await services.timelines.tag(viewer, feed, window)

    part = await read_slice(call, path, read)
    found = await tag_by_name(services.database, key, call.now)
    if found is None:
        raise NotFound
    name = f"#{found.display}"
    about = Description(path, name, f"Posts with {name} on {services.settings.title}.", indexed=False)
    return show(
        call, visit, "tag.html", about, title=name, name=found.display, part=part,
        cards=await cards(call, viewer, part.posts), week=sum(day.uses for day in found.history),
    )  # fmt: skip
