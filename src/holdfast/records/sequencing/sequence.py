"""Giving records their place: the right edge of the log in memory, and batches that let it grow."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ...platform.db import Database, Reader, Tx
from ...pure.evidence import (
    SEALED_KIND,
    TILE_WIDTH,
    CompactRange,
    Tile,
    TiledEdge,
    parse_hash_tile,
    parse_leaf,
)
from ..ledger import NUMBER, Log, read_tile, with_tiles
from . import store
from .fence import Fence


@dataclasses.dataclass(slots=True)
class Edge:
    """The right edge of the log that grows. After an error it is loaded again: what it holds may not be committed."""

    log: Log
    tiled: TiledEdge

    @property
    def size(self) -> int:
        """Leaves so far."""
        return self.tiled.size

    @property
    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return self.tiled.range.root()


async def load_edge(reader: Reader, log: Log) -> Edge:
    """The edge of a stored log."""
    return Edge(
        log,
        await with_tiles(
            lambda tile: read_tile(reader, log.number, tile), lambda read: TiledEdge.load(log.size, read)
        ),
    )


async def sequence_some(database: Database, fence: Fence, edge: Edge, *, limit: int) -> int:
    """Give at most `limit` waiting records their indices, in the order in which they came; how many it were.

    Raises Superseded.
    """
    # Most of the time nothing waits, and then nothing is locked or written.
    if not await database.fetchval("select exists (select 1 from ledger_records where leaf_index is null)"):
        return 0
    async with database.transaction() as tx:
        await fence.check(tx)
        return await place_waiting(tx, edge, limit=limit)


async def place_waiting(tx: Tx, edge: Edge, *, limit: int) -> int:
    """The same within a transaction that has checked the fence."""
    waiting = await store.lock_waiting(tx, limit)
    if not waiting:
        return 0
    counters = await store.lock_counters(tx)
    growth, old_size = store.Growth(), edge.size
    for one in waiting:
        leaf = _numbered(one, counters)
        growth.arrivals.append(one.arrival)
        growth.leaves.append(leaf)
        growth.nodes.extend(tile_roots(edge.tiled.append(leaf)))
    await store.keep_counters(tx, counters)
    await store.grow(tx, edge.log.number, old_size, growth)
    return len(waiting)


def tile_roots(full: Sequence[tuple[Tile, bytes]]) -> list[tuple[int, int, bytes]]:
    """Level, index and root of the hash tiles among files that were completed."""
    roots = []
    for tile, data in full:
        if tile.level is not None:
            inside = CompactRange()
            for one in parse_hash_tile(data, TILE_WIDTH):
                inside.append(one)
            roots.append((tile.level, tile.index, inside.root()))
    return roots


def _numbered(waiting: store.Waiting, counters: dict[str, int]) -> bytes:
    """The final leaf: with its number, unless it is sealed and must look like every other."""
    if waiting.kind == SEALED_KIND:
        return waiting.leaf
    number = counters[waiting.kind] = counters.get(waiting.kind, 0) + 1
    leaf = parse_leaf(waiting.leaf)
    return dataclasses.replace(leaf, public={**leaf.public, NUMBER: number}).encode()
