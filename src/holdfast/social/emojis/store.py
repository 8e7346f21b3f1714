"""Every statement that writes the tables of custom emoji. Their blobs go with the sweep of `social/media`."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Tx
from ..media import FileOfMedia, fresh_name


async def put_emoji(
    tx: Tx, shortcode: str, category: str | None, files: Sequence[FileOfMedia], now: Instant
) -> None:
    """An emoji with its files, which take the place of those before."""
    await tx.execute(
        "insert into custom_emojis (shortcode, category, created_at) values ($1, $2, $3)"
        " on conflict (shortcode) do update set category = excluded.category",
        shortcode, category, now,
    )  # fmt: skip
    await tx.execute("delete from custom_emoji_files where shortcode = $1", shortcode)
    await tx.execute(
        "insert into custom_emoji_files (name, shortcode, role, hash, content_type, size_bytes)"
        " select name, $2, role, hash, type, size"
        " from unnest($1::text[], $3::smallint[], $4::bytea[], $5::text[], $6::bigint[]) as t (name, role, hash, type, size)",
        [fresh_name(file.content_type) for file in files], shortcode, [file.role.value for file in files],
        [file.hash for file in files], [file.content_type for file in files], [file.size_bytes for file in files],
    )  # fmt: skip


async def delete_emoji(tx: Tx, shortcode: str) -> bool:
    """Remove one; False when there is none."""
    return bool(await tx.execute("delete from custom_emojis where shortcode = $1", shortcode))
