"""Custom emoji."""

from __future__ import annotations

from typing import Any

from ...social.emojis import Emoji
from ..answers import Answer, json_answer
from ..call import Call
from ..links import media_url
from ..ports import Services
from ..routes import Access, RouteTable

routes = RouteTable()


@routes.get("/api/v1/custom_emojis", Access.anyone())
async def show(call: Call) -> Answer:
    """Every emoji that people may pick."""
    found = await call.services.emojis.look()
    return json_answer([emoji_entity(call.services, emoji) for emoji in found.emojis.values()])


def emoji_entity(services: Services, emoji: Emoji) -> dict[str, Any]:
    """The CustomEmoji entity."""
    return {
        "shortcode": emoji.shortcode,
        "url": media_url(services, emoji.file),
        "static_url": media_url(services, emoji.still),
        "visible_in_picker": True,
        "category": emoji.category,
    }


def emojis_in(services: Services, *texts: str) -> list[dict[str, Any]]:
    """Entities of the emoji that texts name. What keeps the result keeps it with `services.emojis.current.version`."""
    return [emoji_entity(services, emoji) for emoji in services.emojis.current.named_in(*texts)]
