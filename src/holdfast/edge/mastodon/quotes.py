"""Quotes in the Mastodon API: who quotes a status, taking consent back, and who may quote it."""

from __future__ import annotations

from typing import Literal

import msgspec

from ...pure.errors import NotAllowed, NotFound
from ...social.posts import PostNotVisible, Seen
from ...social.quotes import accepted_quotes, revoke_quote, set_quote_policy
from ..answers import JSON, Answer
from ..call import Call
from ..routes import Access, RouteTable
from .paging import page_links, window_of
from .render_post import post_raw, posts_json
from .status_drafts import QUOTE_POLICIES

routes = RouteTable()


class _PolicyParams(msgspec.Struct):
    quote_approval_policy: Literal["public", "followers", "nobody"]


@routes.get("/api/v1/statuses/{id}/quotes", Access.member("read:statuses"))
async def quotes(call: Call) -> Answer:
    """The statuses that quote it with its author's consent, as far as the member may see them."""
    viewer = await call.viewer()
    seen = await call.services.posts.see_one(viewer, call.id_segment())
    settings = call.services.settings
    window = await window_of(call, default=settings.page_size_default, maximum=settings.page_size_max)
    quoted_id = (seen.boosted or seen).post.id
    rows = await accepted_quotes(call.services.database, quoted_id, window)
    shown = await call.services.posts.see(viewer, rows, timeline=True)
    links = page_links(call, rows[-1] if rows else None, rows[0] if rows else None)
    return Answer(200, posts_json(call.services, shown, viewer), JSON, links)


@routes.post("/api/v1/statuses/{id}/quotes/{quoting_status_id}/revoke", Access.member("write:statuses"))
async def revoke(call: Call) -> Answer:
    """Take one's own status out of one that quotes it, for good; answers with the other as it is then."""
    seen = await _own(call)
    quoting_id = call.id_segment("quoting_status_id")
    async with call.services.database.transaction() as tx:
        await revoke_quote(tx, call.actor, seen.post.id, quoting_id)
    viewer = await call.viewer()
    found = await call.services.posts.see(viewer, [quoting_id])
    if not found:
        # Its audience may leave out whom it quotes; the quote is gone all the same.
        raise NotFound
    return Answer(200, bytes(post_raw(call.services, found[0], viewer)), JSON)


@routes.put("/api/v1/statuses/{id}/interaction_policy", Access.member("write:statuses"))
async def interaction_policy(call: Call) -> Answer:
    """Who may quote one's own status from now on; quotes that there are stay."""
    seen = await _own(call)
    wanted = await call.params(_PolicyParams)
    async with call.services.database.transaction() as tx:
        await set_quote_policy(tx, call.actor, seen.post.id, QUOTE_POLICIES[wanted.quote_approval_policy])
    viewer = await call.viewer()
    again = await call.services.posts.see_one(viewer, seen.post.id)
    return Answer(200, bytes(post_raw(call.services, again, viewer)), JSON)


async def _own(call: Call) -> Seen:
    """The status of the path, which must be the member's. Raises NotAllowed for one of somebody else."""
    seen = await call.services.posts.see_one(await call.viewer(), call.id_segment())
    if seen.boosted is not None:
        raise PostNotVisible
    if seen.post.account_id != call.actor.account_id:
        raise NotAllowed
    return seen
