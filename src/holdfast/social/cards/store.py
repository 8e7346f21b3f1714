"""Every statement that writes the cards' tables."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Row, Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ...pure.page_previews import Preview
from .model import CardImage, CardState

_INSERT_SQL = """
insert into preview_cards (id, url, created_at) values ($1, $2, $3) on conflict (url) do nothing
"""


async def lock_card(tx: Tx, url: str, now: Instant) -> Row:
    """The row of an address, made where there is none, and kept from others until the commit."""
    await tx.execute(_INSERT_SQL, new_id(now), url, now)
    row = await tx.fetchrow(
        "select id, state, fetched_at, fetching_until, failures from preview_cards where url = $1 for update",
        url,
    )
    assert row is not None  # noqa: S101  # it was made above, and nobody removes what is linked or new
    return row


async def link_post(tx: Tx, post_id: int, card_id: int) -> bool:
    """Put the card below the post; whether that changed anything."""
    return (
        await tx.execute(
            "insert into post_cards (post_id, card_id) select id, $2 from posts where id = $1"
            " on conflict (post_id) do update set card_id = excluded.card_id where post_cards.card_id <> $2",
            post_id, card_id,
        )
        > 0
    )  # fmt: skip


async def unlink_post(tx: Tx, post_id: int) -> None:
    """Take a post's card away, if it has one."""
    if await tx.execute("delete from post_cards where post_id = $1", post_id):
        tx.touch(Kind.POST, post_id)


async def claim_fetch(tx: Tx, card_id: int, until: Instant) -> None:
    """Say that somebody asks the address now."""
    await tx.execute("update preview_cards set fetching_until = $2 where id = $1", card_id, until)


_RECORD_SQL = """
update preview_cards set
    state = $2, final_url = $3, kind = $4, title = $5, description = $6, language = $7, provider_name = $8,
    provider_url = $9, author_name = $10, author_url = $11, html = $12, embed_url = $13, width = $14, height = $15,
    published_at = $16, image = $17, image_description = $18, blurhash = $19, fetched_at = $20,
    image_hash = $21, image_type = $22, image_bytes = $23, fetching_until = null, failures = 0
where id = $1
"""


async def record_preview(
    tx: Tx, card_id: int, preview: Preview, image: CardImage | None, state: CardState, now: Instant
) -> None:
    """What was learned of an address, in place of what was known."""
    await tx.execute(
        _RECORD_SQL,
        card_id, state.value, preview.final_url, preview.kind.value, preview.title, preview.description,
        preview.language, preview.provider_name, preview.provider_url, preview.author_name, preview.author_url,
        preview.html, preview.embed_url, preview.width or (image.width if image else 0),
        preview.height or (image.height if image else 0), preview.published_at, image.name if image else None,
        preview.image_description, image.blurhash if image else None, now,
        image.hash if image else None, image.content_type if image else None, image.size_bytes if image else None,
    )  # fmt: skip


async def record_nothing(tx: Tx, card_id: int, now: Instant, *, failed: bool) -> int:
    """No card came of it; a card that there was stays. How many failures that makes in a row."""
    failures: int | None = await tx.fetchval(
        "update preview_cards set state = case when state = 1 and $3::boolean then 1 else 2 end, fetched_at = $2,"
        " fetching_until = null, failures = case when $3::boolean then failures + 1 else 0 end"
        " where id = $1 returning failures",
        card_id, now, failed,
    )  # fmt: skip
    return failures or 0


async def forget_unlinked_cards(tx: Tx, now: Instant) -> None:
    """Remove cards that no post shows any more; a periodic action of the workers."""
    await tx.execute(
        "delete from preview_cards c where c.created_at < $1 and coalesce(c.fetched_at, c.created_at) < $1"
        " and not exists (select 1 from post_cards p where p.card_id = c.id)",
        now - timedelta(days=1),
    )
