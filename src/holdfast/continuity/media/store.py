"""Every statement about files that were deleted here and are kept at the stores for as long as one can go back in time."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Reader, Tx


async def note_gone(tx: Tx, hashes: Sequence[bytes], now: Instant) -> None:
    """These files were deleted here; their copies go when no restore can need them any more."""
    await tx.execute(
        "insert into mirror_media_gone (hash, gone_at) select hash, $2 from unnest($1::bytea[]) as t (hash)"
        " on conflict (hash) do update set gone_at = excluded.gone_at",
        list(hashes),
        now,
    )


async def gone_since(reader: Reader, horizon: Instant) -> list[bytes]:
    """Files that were deleted after `horizon`."""
    return [
        row[0] for row in await reader.fetch("select hash from mirror_media_gone where gone_at > $1", horizon)
    ]


async def forget_gone(tx: Tx, horizon: Instant) -> None:
    """Rows that no copy depends on any more."""
    await tx.execute("delete from mirror_media_gone where gone_at <= $1", horizon)
