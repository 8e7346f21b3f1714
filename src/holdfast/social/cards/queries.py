"""Reads of cards. A post's own card is loaded with the post."""

from __future__ import annotations

from ...platform.db import Reader

# The newest posts are the ones that somebody reads now; the caches of others learn it when they are next made.
LATEST_POSTS_MOST = 500


async def shown_cards(reader: Reader, url: str) -> list[int]:
    """The cards that are shown for an address, whether posts name it or it is where they led."""
    rows = await reader.fetch(
        "select id from preview_cards where url = $1 and state = 1"
        " union select id from preview_cards where final_url = $1 and state = 1",
        url,
    )
    return [row[0] for row in rows]


async def latest_posts(reader: Reader, card_id: int) -> list[int]:
    """The newest posts that have the card, whoever may see them."""
    rows = await reader.fetch(
        "select post_id from post_cards where card_id = $1 order by post_id desc limit $2",
        card_id, LATEST_POSTS_MOST,
    )  # fmt: skip
    return [row[0] for row in rows]
