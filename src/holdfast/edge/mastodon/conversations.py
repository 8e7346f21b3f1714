"""Conversations of the Mastodon API: private mentions, grouped."""

from __future__ import annotations

from typing import Any

from ...social.conversations import (
    ConversationView,
    conversations_page,
    dismiss_conversation,
    mark_conversation_read,
    one_conversation,
)
from ...social.graph import Viewer
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, Limit, RouteTable
from .paging import link_header, window_of
from .render_account import accounts_raw
from .render_post import post_raw

routes = RouteTable()

_WRITE = Access.member("write:conversations")


@routes.get("/api/v1/conversations", Access.member("read:statuses"))
async def show_page(call: Call) -> Answer:
    """The member's conversations, the one with the newest post first."""
    settings = call.services.settings
    asked = await window_of(call, default=settings.page_size_default, maximum=settings.page_size_max)
    viewer = await call.viewer()
    found = await conversations_page(call.services.database, viewer, asked, call.now)
    return json_answer(
        await conversation_entities(call.services, found, viewer),
        headers=link_header(call, [one.last_post_id for one in found], asked),
    )


@routes.delete("/api/v1/conversations/{id}", _WRITE, limit=Limit.DEFAULT)
async def dismiss(call: Call) -> Answer:
    """Put a conversation away; its posts stay."""
    async with call.services.database.transaction() as tx:
        await dismiss_conversation(tx, call.actor, call.id_segment())
    return json_answer({})


@routes.post("/api/v1/conversations/{id}/read", _WRITE)
async def read(call: Call) -> Answer:
    """Mark as read; answers with the conversation."""
    async with call.services.database.transaction() as tx:
        await mark_conversation_read(tx, call.actor, call.id_segment())
        one = await one_conversation(tx, call.actor.account_id, call.id_segment())
    [entity] = await conversation_entities(call.services, [one], await call.viewer())
    return json_answer(entity)


async def conversation_entities(
    services: Services, found: list[ConversationView], viewer: Viewer
) -> list[dict[str, Any]]:
    """Conversation entities, for streams too. `last_status` is null when the member may not see it any more."""
    seen = await services.posts.see(viewer, [one.last_post_id for one in found])
    posts = {one.post.id: post_raw(services, one, viewer) for one in seen}
    entities = []
    for one in found:
        people = one.participants or ([] if viewer.account_id is None else [viewer.account_id])
        entities.append(
            {
                "id": services.ids.encode(one.id),
                "unread": one.unread,
                "accounts": await accounts_raw(services, people),
                "last_status": posts.get(one.last_post_id),
            }
        )
    return entities
