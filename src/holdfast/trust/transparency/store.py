"""Every statement that writes this room's tables: the tally, and which statements of reasons were exported."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.transparency import Tally

COUNTING: Final = 1
"""The way of counting. A change of `pure/transparency` that counts otherwise raises it, and all is counted anew."""

_SAVE_SQL = """
insert into transparency_tallies (one, version, sizes, tally, counted_at) values (true, $1, $2::jsonb, $3, $4)
on conflict (one) do update set version = excluded.version, sizes = excluded.sizes, tally = excluded.tally,
  counted_at = excluded.counted_at
"""


def packed(tally: Tally) -> bytes:
    """A tally as it is stored."""
    return zlib.compress(msgspec.msgpack.encode(tally), 6)


def unpacked(data: bytes) -> Tally:
    """A stored tally."""
    return msgspec.msgpack.decode(zlib.decompress(data), type=Tally)


async def save(tx: Tx, tally: Tally, sizes: Mapping[int, int], now: Instant) -> None:
    """Keep what was counted."""
    named = {str(log): size for log, size in sizes.items()}
    await tx.execute(_SAVE_SQL, COUNTING, msgspec.json.encode(named).decode(), packed(tally), now)


async def mark_exported(tx: Tx, statement_ids: Sequence[int], batch: str, now: Instant) -> None:
    """Remember that these were written."""
    await tx.execute(
        "insert into statement_exports (statement_id, batch, exported_at) select ident, $2, $3"
        " from unnest($1::bigint[]) ident on conflict (statement_id) do nothing",
        list(statement_ids), batch, now,
    )  # fmt: skip
