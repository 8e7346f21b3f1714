"""Custom emoji."""

from __future__ import annotations

from ...social.instance import emojis
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable

routes = RouteTable()


@routes.get("/api/v1/custom_emojis", Access.anyone())
async def show(call: Call) -> Answer:
    """Every emoji that people may pick."""
    return json_answer(
        [
            {
                "shortcode": emoji.shortcode,
                "url": emoji.url,
                "static_url": emoji.url,
                "visible_in_picker": True,
                "category": emoji.category,
            }
            for emoji in await emojis(call.services.database)
        ]
    )
