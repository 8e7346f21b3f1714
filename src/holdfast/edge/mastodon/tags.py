"""Hashtags."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ...pure.errors import NotFound
from ...social.search import Tag, TagDay, tag_by_name
from ..answers import Answer, json_answer
from ..call import Call
from ..links import tag_url
from ..ports import Services
from ..routes import Access, RouteTable

routes = RouteTable()


@routes.get("/api/v1/tags/{name}", Access.anyone())
async def show(call: Call) -> Answer:
    """A hashtag with its last seven days; one that nobody used has an empty history."""
    tag = await tag_by_name(call.services.database, call.segment("name"), call.now)
    if tag is None:
        raise NotFound
    return json_answer(tag_entity(call.services, tag))


def tag_entity(services: Services, tag: Tag) -> dict[str, Any]:
    """The Tag entity. The id of a hashtag that nobody used is 0."""
    return {
        "id": "0" if tag.id is None else services.ids.encode(tag.id),
        "name": tag.display,
        "url": tag_url(services, tag.name),
        "history": [_day(day) for day in tag.history],
        "following": False,
        "featuring": False,
    }


def _day(day: TagDay) -> dict[str, str]:
    midnight = datetime(day.day.year, day.day.month, day.day.day, tzinfo=UTC)
    return {"day": str(int(midnight.timestamp())), "accounts": str(day.accounts), "uses": str(day.uses)}
