"""Announcements of those who run the place, and people's reactions."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from ...pure.entities import Hashtag, find_entities
from ...social.announcements import (
    Announcement,
    Reaction,
    dismiss_announcement,
    named_accounts,
    react_to_announcement,
    shown_announcements,
    unreact_to_announcement,
)
from ...social.graph import ANONYMOUS
from ..answers import Answer, json_answer
from ..authored_html import announcement_html
from ..call import Call
from ..links import account_url, media_url, post_url, tag_url
from ..ports import Services
from ..routes import Access, Limit, RouteTable
from .emojis import emojis_in
from .times import iso, iso_or_none

routes = RouteTable()

_REACT = Access.member("write:favourites")


class _ListQuery(msgspec.Struct):
    with_dismissed: bool = False


@routes.get("/api/v1/announcements", Access.member())
async def show(call: Call) -> Answer:
    """What is announced now, without what the member put away; `with_dismissed`: that too."""
    asked, services = await call.params(_ListQuery), call.services
    found = await shown_announcements(
        services.database, call.actor.account_id, dismissed=asked.with_dismissed, now=call.now
    )
    return json_answer([await announcement_entity(services, one, told=True) for one in found])


@routes.post("/api/v1/announcements/{id}/dismiss", Access.member("write:accounts"))
async def dismiss(call: Call) -> Answer:
    """Put one away."""
    async with call.services.database.transaction() as tx:
        await dismiss_announcement(tx, call.actor, call.id_segment(), now=call.now)
    return json_answer({})


@routes.put("/api/v1/announcements/{id}/reactions/{name}", _REACT)
async def react(call: Call) -> Answer:
    """React with an emoji, or with the shortcode of one of this server's."""
    most = call.services.settings.announcement_reactions_max
    async with call.services.database.transaction() as tx:
        await react_to_announcement(
            tx, call.actor, call.id_segment(), call.segment("name"), most=most, now=call.now
        )
    return json_answer({})


@routes.delete("/api/v1/announcements/{id}/reactions/{name}", _REACT, limit=Limit.DEFAULT)
async def unreact(call: Call) -> Answer:
    """Take a reaction back."""
    async with call.services.database.transaction() as tx:
        await unreact_to_announcement(tx, call.actor, call.id_segment(), call.segment("name"), now=call.now)
    return json_answer({})


async def announcement_entity(services: Services, one: Announcement, *, told: bool) -> dict[str, Any]:
    """The Announcement entity. `told`: with what the one member who is told did with it; else it is everybody's."""
    handles = await named_accounts(services.database, one.text, services.settings.domain)
    entity: dict[str, Any] = {
        "id": services.ids.encode(one.id),
        "content": announcement_html(services, one.text, handles),
        "starts_at": iso_or_none(one.starts_at),
        "ends_at": iso_or_none(one.ends_at),
        "all_day": one.all_day,
        "published_at": iso(one.published_at or one.publish_at),
        "updated_at": iso(one.updated_at),
        "mentions": [
            {
                "id": services.ids.encode(ident),
                "username": name,
                "url": account_url(services, name),
                "acct": name,
            }
            for name, ident in handles.items()
        ],
        "statuses": await _statuses(services, one.text),
        "tags": [
            {"name": name, "url": tag_url(services, name)}
            for name in dict.fromkeys(
                found.value for found in find_entities(one.text) if isinstance(found, Hashtag)
            )
        ],
        "emojis": emojis_in(services, one.text),
        "reactions": [reaction_entity(services, reaction, told=told) for reaction in one.reactions],
    }
    if told:
        entity["read"] = one.read
    return entity


def reaction_entity(services: Services, reaction: Reaction, *, told: bool) -> dict[str, Any]:
    """The Reaction entity."""
    entity: dict[str, Any] = {"name": reaction.name, "count": reaction.count}
    if told:
        entity["me"] = reaction.me
    emoji = services.emojis.current.emojis.get(reaction.name)
    if emoji is not None:
        entity |= {"url": media_url(services, emoji.file), "static_url": media_url(services, emoji.still)}
    return entity


async def _statuses(services: Services, text: str) -> list[dict[str, str]]:
    """Posts of this server that the text links to, as far as everybody may see them."""
    address = re.compile(re.escape(services.base_url) + r"/@[^/\s]+/(\d+)")
    decoded = (services.ids.decode(public_id) for public_id in address.findall(text))
    ids = dict.fromkeys(ident for ident in decoded if ident is not None)
    seen = await services.posts.see(ANONYMOUS, list(ids))
    return [
        {"id": services.ids.encode(one.post.id), "url": post_url(services, one.author.acct, one.post.id)}
        for one in seen
    ]
