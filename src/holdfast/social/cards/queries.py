"""Reads of cards. A post's own card is loaded with the post."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader
from .model import CardView

# The newest posts are the ones that somebody reads now; the caches of others learn it when they are next made.
LATEST_POSTS_MOST = 500

_card = msgspec.json.Decoder(CardView)


async def shown_cards(reader: Reader, url: str) -> list[int]:
    """The cards that are shown for an address, whether posts name it or it is where they led."""
    rows = await reader.fetch(
        "select id from preview_cards where url = $1 and state = 1"
        " union select id from preview_cards where final_url = $1 and state = 1",
        url,
    )
    return [row[0] for row in rows]


async def shown_cards_by_id(reader: Reader, ids: list[int]) -> dict[int, CardView]:
    """Those of these cards that are shown."""
    rows = await reader.fetch(
        "select id, to_jsonb(c)::text as card from preview_cards c where id = any($1::bigint[]) and state = 1",
        ids,
    )
    return {row["id"]: _card.decode(row["card"]) for row in rows}


class StoredImage(msgspec.Struct, frozen=True):
    """The picture of a card, as it is served."""

    hash: bytes
    content_type: str
    size_bytes: int


async def image_named(reader: Reader, name: str) -> StoredImage | None:
    """The picture of a name that was given out, for as long as a post that is not taken away shows the card."""
    row = await reader.fetchrow(
        "select image_hash as hash, image_type as content_type, image_bytes as size_bytes from preview_cards c"
        " where image = $1 and state = 1 and exists (select 1 from post_cards l join posts p on p.id = l.post_id"
        "  where l.card_id = c.id and p.state < 2)",
        name,
    )
    return None if row is None else StoredImage(**dict(row))


async def latest_posts(reader: Reader, card_id: int) -> list[int]:
    """The newest posts that have the card, whoever may see them."""
    rows = await reader.fetch(
        "select post_id from post_cards where card_id = $1 order by post_id desc limit $2",
        card_id, LATEST_POSTS_MOST,
    )  # fmt: skip
    return [row[0] for row in rows]
