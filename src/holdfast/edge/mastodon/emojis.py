"""Custom emoji."""

from __future__ import annotations

from typing import Any

from ...social.instance import Emoji, emojis
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable

routes = RouteTable()


@routes.get("/api/v1/custom_emojis", Access.anyone())
async def show(call: Call) -> Answer:
    """Every emoji that people may pick."""
    return json_answer([emoji_entity(emoji) for emoji in await emojis(call.services.database)])


def emoji_entity(emoji: Emoji) -> dict[str, Any]:
    """The CustomEmoji entity."""
    return {
        "shortcode": emoji.shortcode,
        "url": emoji.url,
        "static_url": emoji.url,
        "visible_in_picker": True,
        "category": emoji.category,
    }
