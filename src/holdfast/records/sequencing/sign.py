"""Signing a checkpoint: durable first, then the files, then the signature, then everybody may see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from ...platform.clock import Instant
from ...platform.db import Database, Reader
from ...pure.evidence import (
    Checkpoint,
    Note,
    Tile,
    sign_note,
    tiles_of,
    tree_root,
)
from ..ledger import StoredCheckpoint, WouldFork, latest_checkpoint, over_nodes, read_tile
from . import store
from .fence import Fence
from .files import LedgerFiles, size_of
from .keys import current_keys
from .ports import DurableUpTo
from .sequence import Edge

_TILES_AT_ONCE = 64


async def wal_position(reader: Reader) -> str:
    """How far the database has written by now, as text."""
    position: str = await reader.fetchval("select pg_current_wal_insert_lsn()::text")
    return position


async def write_files(database: Database, edge: Edge, files: LedgerFiles) -> None:
    """Bring the files up to the log: what the last published checkpoint did not need yet."""
    log = edge.log.number
    since = min(size_of(await files.checkpoint(log)) or 0, edge.size)
    batch: list[tuple[Tile, bytes]] = []
    async for one in _missing(database, log, edge.size, since):
        batch.append(one)
        if len(batch) == _TILES_AT_ONCE:
            await files.write_tiles(log, batch)
            batch = []
    await files.write_tiles(log, batch)


async def _missing(database: Database, log: int, size: int, since: int) -> AsyncIterator[tuple[Tile, bytes]]:
    for tile in tiles_of(size, since):
        data = await read_tile(database, log, tile)
        if data is None:
            raise WouldFork(private=f"log {log} of {size} leaves has no {tile.path}")
        yield tile, data


async def sign_checkpoint(
    database: Database,
    fence: Fence,
    edge: Edge,
    files: LedgerFiles,
    durable: DurableUpTo,
    *,
    overlap_days: int,
    now: Instant,
    watch: Callable[[str], None],
) -> StoredCheckpoint | None:
    """Sign the log as it stands and publish that; None when it is not durable yet where it must be.

    Raises Superseded; WouldFork when the tree is not a continuation of what was signed before.
    """
    log, size, root = edge.log, edge.size, edge.root
    if not await durable.durable(database, await wal_position(database)):
        return None
    await check_continues(database, edge)
    watch("files")
    await write_files(database, edge, files)
    watch("signature")
    async with database.transaction() as tx:
        await fence.check(tx)
        text = Checkpoint(log.origin, size, root).text
        keys = await current_keys(tx, tx.keyring, log.origin, overlap_days=overlap_days, now=now)
        note = Note(text, tuple(sign_note(text, key) for key in keys)).encode()
        await store.insert_checkpoint(tx, log.number, size, root, note.decode(), now=now)
    watch("publish")
    await files.publish_checkpoint(log.number, note)
    return StoredCheckpoint(log.number, size, root, note.decode(), "", now)


async def check_continues(reader: Reader, edge: Edge) -> None:
    """Raises WouldFork unless the last checkpoint of this log is a beginning of the tree as it stands."""
    before = await latest_checkpoint(reader, edge.log.number)
    if before is None:
        return
    if before.size > edge.size:
        raise WouldFork(private=f"signed {before.size} leaves before, {edge.size} are here")
    if await root_at(reader, edge, before.size) != before.root:
        raise WouldFork(private=f"the tree of {before.size} leaves is not what was signed")


async def root_at(reader: Reader, edge: Edge, size: int) -> bytes:
    """The root of the first `size` leaves."""
    if size == edge.size:
        return edge.root
    return await over_nodes(reader, edge.log.number, size, lambda nodes: tree_root(nodes, size))
