"""The timeline of a link: public posts that show its card."""

from __future__ import annotations

import msgspec

from ...pure.errors import NotFound
from ...pure.outbound_addresses import AddressNotAllowed, read_target
from ...pure.window import NEWEST
from ...social.timelines import Page
from ..answers import JSON, Answer
from ..budgets import count_reads
from ..call import Call
from ..feeds import FeedKind
from ..routes import Access, RouteTable
from .paging import page_links, window_of
from .render_post import posts_json
from .timelines import open_to

routes = RouteTable()


class _Params(msgspec.Struct):
    url: str


@routes.get("/api/v1/timelines/link", Access.anyone("read:statuses"))
async def link(call: Call) -> Answer:
    """Public posts with the card of an address, by authors who want to be found. An address that none of them shows is not found."""
    shown = open_to(call, FeedKind.LINK)
    settings = call.services.settings
    window = await window_of(call, default=settings.page_size_default, maximum=settings.page_size_max)
    viewer = await call.viewer()
    try:
        url = read_target((await call.params(_Params)).url).url
        page = await call.services.timelines.link(viewer, url, window) if shown else Page([], None, None)
    except AddressNotAllowed:
        page = Page([], None, None)
    if not page.posts and window.below == NEWEST and window.above < 0:
        raise NotFound
    posts = [
        seen for seen in page.posts if shown and (shown.local if seen.author.domain is None else shown.remote)
    ]
    await count_reads(call, (seen.post.id for seen in posts))
    body = posts_json(call.services, posts, viewer)
    return Answer(200, body, JSON, page_links(call, page.oldest_id, page.newest_id))
