"""The timeline of a link: public posts that show its card."""

from __future__ import annotations

import msgspec

from ...pure.outbound_addresses import AddressNotAllowed, read_target
from ...social.timelines import Page
from ..answers import JSON, Answer
from ..call import Call
from ..routes import Access, RouteTable
from .paging import page_links, window_of
from .render_post import posts_json
from .timelines import check_access

routes = RouteTable()


class _Params(msgspec.Struct):
    url: str


@routes.get("/api/v1/timelines/link", Access.anyone("read:statuses"))
async def link(call: Call) -> Answer:
    """Public posts with the card of an address, by authors who want to be found. Empty for an address without a card."""
    check_access(call)
    settings = call.services.settings
    window = await window_of(call, default=settings.page_size_default, maximum=settings.page_size_max)
    viewer = await call.viewer()
    try:
        url = read_target((await call.params(_Params)).url).url
        page = await call.services.timelines.link(viewer, url, window)
    except AddressNotAllowed:
        page = Page([], None, None)
    body = posts_json(call.services, page.posts, viewer)
    return Answer(200, body, JSON, page_links(call, page.oldest_id, page.newest_id))
