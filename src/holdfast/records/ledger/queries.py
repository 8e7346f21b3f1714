"""Reads: records, tiles as the database knows them, checkpoints, proofs, openings.

The database alone holds everything that a tile consists of (ADR 0028), so any process can serve the log; the files in the
data folder are copies for those who want them static.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from ...platform.db import Reader, Row
from ...pure.evidence import (
    TILE_WIDTH,
    ReadNode,
    ReadTile,
    Tile,
    TlogProof,
    consistency_proof,
    encode_entry_bundle,
    inclusion_proof,
    node_reader,
)
from .errors import NoSuchRecord
from .views import Log, Record, StoredCheckpoint

_RECORD = (
    "select record_id, kind, leaf, log, leaf_index, recorded_at, published_at from ledger_records"
    " where record_id = $1"
)
_LATEST = """
select log, size, root, note, cosignatures, signed_at from ledger_checkpoints
where log = $1 or $1::integer is null order by log desc, size desc limit 1
"""
_AT_SIZE = """
select log, size, root, note, cosignatures, signed_at from ledger_checkpoints where log = $1 and size = $2
"""
_COVERING = """
select log, size, root, note, cosignatures, signed_at from ledger_checkpoints
where log = $1 and size > $2 order by (cosignatures <> '') desc, size desc limit 1
"""
_LEAF_HASHES = """
select string_agg(sha256('\\x00'::bytea || leaf), ''::bytea order by leaf_index), count(*)
from ledger_records where log = $1 and leaf_index >= $2 and leaf_index < $3
"""
_NODES = """
select string_agg(hash, ''::bytea order by n), count(*)
from ledger_nodes where log = $1 and level = $4 and n >= $2 and n < $3
"""
_LEAVES = "select leaf from ledger_records where log = $1 and leaf_index >= $2 and leaf_index < $3 order by leaf_index"

Result = TypeVar("Result")


async def record_of(reader: Reader, record_id: str) -> Record:
    """A record. Raises NoSuchRecord."""
    row = await reader.fetchrow(_RECORD, record_id)
    if row is None:
        raise NoSuchRecord(private=record_id[:40])
    return Record(*row)


async def record_at(reader: Reader, log: int, index: int) -> str:
    """The id of the record at an index of a log. Raises NoSuchRecord."""
    found: str | None = await reader.fetchval(
        "select record_id from ledger_records where log = $1 and leaf_index = $2", log, index
    )
    if found is None:
        raise NoSuchRecord(private=f"{log}/{index}")
    return found


async def logs(reader: Reader) -> list[Log]:
    """Every origin, the newest last."""
    rows = await reader.fetch(
        "select number, origin, size, opened_at, frozen_at from ledger_logs order by number"
    )
    return [Log(*row) for row in rows]


async def log_of(reader: Reader, number: int) -> Log | None:
    """One origin."""
    row = await reader.fetchrow(
        "select number, origin, size, opened_at, frozen_at from ledger_logs where number = $1", number
    )
    return Log(*row) if row else None


async def latest_checkpoint(reader: Reader, log: int | None = None) -> StoredCheckpoint | None:
    """The largest checkpoint that was signed: of one log, or of the newest that has one."""
    return _stored(await reader.fetchrow(_LATEST, log))


async def checkpoint_at(reader: Reader, log: int, size: int) -> StoredCheckpoint | None:
    """The checkpoint of just that size."""
    return _stored(await reader.fetchrow(_AT_SIZE, log, size))


async def covering_checkpoint(reader: Reader, log: int, index: int) -> StoredCheckpoint | None:
    """The newest checkpoint with a witness's signature that covers a leaf; the newest at all while there is none."""
    return _stored(await reader.fetchrow(_COVERING, log, index))


def _stored(row: Row | None) -> StoredCheckpoint | None:
    return StoredCheckpoint(*row) if row else None


async def read_tile(reader: Reader, log: int, tile: Tile) -> bytes | None:
    """A tile or an entry bundle of that width; None when the log has not grown that far."""
    first = tile.index * TILE_WIDTH
    bounds = (log, first, first + tile.width)
    if tile.level is None:
        leaves = [row[0] for row in await reader.fetch(_LEAVES, *bounds)]
        return encode_entry_bundle(leaves) if len(leaves) == tile.width else None
    if tile.level == 0:
        row = await reader.fetchrow(_LEAF_HASHES, *bounds)
    else:
        row = await reader.fetchrow(_NODES, *bounds, tile.level - 1)
    return bytes(row[0]) if row and row[1] == tile.width else None


class _Wanted(Exception):
    """A computation needs a tile that was not loaded yet."""

    def __init__(self, tile: Tile) -> None:
        self.tile = tile


async def with_tiles(
    load: Callable[[Tile], Awaitable[bytes | None]], compute: Callable[[ReadTile], Result]
) -> Result:
    """Run a computation that reads tiles synchronously, loading each that it asks for. Raises NoSuchRecord where one
    is missing."""
    tiles: dict[Tile, bytes] = {}

    def read(tile: Tile) -> bytes:
        try:
            return tiles[tile]
        except KeyError:
            raise _Wanted(tile) from None

    while True:
        try:
            return compute(read)
        except _Wanted as wanted:
            found = await load(wanted.tile)
            if found is None:
                raise NoSuchRecord(private=f"tile {wanted.tile.path}") from None
            tiles[wanted.tile] = found


async def over_nodes(reader: Reader, log: int, size: int, compute: Callable[[ReadNode], Result]) -> Result:
    """Run a computation over the nodes of the tree of the first `size` leaves of a log."""
    kept: list[ReadNode] = []

    def run(read: ReadTile) -> Result:
        if not kept:
            # One reader for all attempts: it keeps what it has parsed.
            kept.append(node_reader(read, size))
        return compute(kept[0])

    return await with_tiles(lambda tile: read_tile(reader, log, tile), run)


async def proof(reader: Reader, record_id: str) -> TlogProof | None:
    """The proof file of a record, with its leaf as the extra line; None while no checkpoint covers it.

    Raises NoSuchRecord.
    """
    record = await record_of(reader, record_id)
    if record.log is None or record.index is None:
        return None
    log, index = record.log, record.index
    checkpoint = await covering_checkpoint(reader, log, index)
    if checkpoint is None:
        return None
    size = checkpoint.size
    hashes = await over_nodes(reader, log, size, lambda nodes: inclusion_proof(nodes, index, size))
    return TlogProof(index, tuple(hashes), checkpoint.whole_note, record.leaf)


async def consistency(reader: Reader, log: int, old_size: int, new_size: int) -> list[bytes]:
    """Why the tree of `new_size` leaves begins with that of `old_size`. Raises NoSuchRecord, ProofRejected."""
    return await over_nodes(reader, log, new_size, lambda nodes: consistency_proof(nodes, old_size, new_size))


async def counts_by_kind(reader: Reader) -> dict[str, int]:
    """How many records there are of each kind, in the log or on their way to it."""
    rows = await reader.fetch("select kind, count(*) from ledger_records group by kind order by kind")
    return {row[0]: row[1] for row in rows}


async def records_of_kind(reader: Reader, kinds: Collection[str], *, limit: int) -> list[Record]:
    """The newest records of these kinds."""
    rows = await reader.fetch(
        "select record_id, kind, leaf, log, leaf_index, recorded_at, published_at from ledger_records"
        " where kind = any($1::text[]) order by arrival desc limit $2",
        list(kinds),
        limit,
    )
    return [Record(*row) for row in rows]
