"""Use cases: what came to the ledger is counted; all of it is counted again, from the first leaf."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...pure.evidence import TILE_WIDTH, parse_entry_bundle, parse_leaf, tile_at
from ...pure.transparency import Tally, add
from ...records import ledger
from . import store
from .reader import Counted, read_counted


async def advance(tx: Tx, *, most: int, now: Instant) -> int:
    """Count leaves that are signed and were not counted yet, `most` at a time; how many. Periodic."""
    await _alone(tx)
    before = await read_counted(tx)
    tally, sizes = before.tally, dict(before.sizes)
    added = 0
    async for log, entry in _entries(tx, sizes, most):
        add(tally, parse_leaf(entry))
        sizes[log] = sizes.get(log, 0) + 1
        added += 1
    if added:
        await store.save(tx, tally, sizes, now)
    return added


async def recount(reader: Reader, *, through: dict[int, int] | None = None) -> Counted:
    """Everything counted from the first leaf, and not kept. through: no further than so many leaves of each log."""
    tally, sizes = Tally(), dict[int, int]()
    async for log, entry in _entries(reader, {}, None, through):
        add(tally, parse_leaf(entry))
        sizes[log] = sizes.get(log, 0) + 1
    return Counted(tally, sizes, None)


async def keep_recount(tx: Tx, *, now: Instant) -> tuple[bool, int]:
    """Count all anew and keep it: whether what was kept was the same as far as it went, and how many leaves there are."""
    await _alone(tx)
    before = await read_counted(tx)
    as_far = await recount(tx, through=dict(before.sizes))
    same = before.counted_at is None or (as_far.tally == before.tally and as_far.sizes == before.sizes)
    found = await recount(tx)
    await store.save(tx, found.tally, found.sizes, now)
    return same, found.tally.leaves


async def _alone(tx: Tx) -> None:
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('transparency tally', 0))")


async def _entries(
    reader: Reader, since: dict[int, int], most: int | None, through: dict[int, int] | None = None
) -> AsyncIterator[tuple[int, bytes]]:
    """Entries after those, log by log: as the bundles have them that anybody can fetch."""
    left = most
    for log in await ledger.logs(reader):
        signed = await ledger.latest_checkpoint(reader, log.number)
        size = signed.size if signed is not None else 0
        if through is not None:
            size = min(size, through.get(log.number, 0))
        begin = since.get(log.number, 0)
        end = size if left is None else min(size, begin + left)
        for index in range(begin // TILE_WIDTH, -(-end // TILE_WIDTH)):
            tile = tile_at(None, index, size)
            data = await ledger.read_tile(reader, log.number, tile)
            if data is None:
                return
            first = index * TILE_WIDTH
            entries = parse_entry_bundle(data, tile.width)
            for entry in entries[max(0, begin - first) : end - first]:
                yield log.number, entry
        if left is not None:
            left -= max(0, end - begin)
