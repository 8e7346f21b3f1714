"""Everything that this server can find out about its own ledger: counts, the tree, what was signed, the files."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ..platform.clock import Instant
from ..platform.db import Database
from ..pure.evidence import (
    TILE_WIDTH,
    CompactRange,
    EvidenceInvalid,
    Tile,
    leaf_hash,
    open_checkpoint,
    parse_entry_bundle,
    tile_at,
    tiles_of,
)
from ..records import ledger
from ..records.sequencing import LedgerFiles, count, generations, verifier_keys
from .ledger_sources import SOURCES


async def check_ledger(database: Database, files: LedgerFiles, *, now: Instant) -> AsyncIterator[str]:
    """What is wrong, one sentence after another; nothing when all is well."""
    census = await count(database, SOURCES, now=now)
    if not census.matches:
        yield (
            f"the census does not match: {census.waiting} records wait, the oldest for {census.oldest_seconds} seconds;"
            f" {census.missing} rows of other tables have no record; recorded {dict(census.recorded)},"
            f" in the log {dict(census.logged)}"
        )
    for log in await ledger.logs(database):
        async for problem in _check_log(database, files, log):
            yield problem


async def _check_log(database: Database, files: LedgerFiles, log: ledger.Log) -> AsyncIterator[str]:
    roots = {0: CompactRange().root()}
    signed = await ledger.latest_checkpoint(database, log.number)
    wanted = {log.size, *([signed.size] if signed else [])}
    tree = CompactRange()
    for index in range(-(-log.size // TILE_WIDTH)):
        tile = tile_at(None, index, log.size)
        data = await ledger.read_tile(database, log.number, tile)
        if data is None:
            yield f"{log.origin}: entries from {index * TILE_WIDTH} on are missing in the database"
            return
        for entry in parse_entry_bundle(data, tile.width):
            tree.append(leaf_hash(entry))
            if tree.size in wanted:
                roots[tree.size] = tree.root()
    if signed is None:
        return
    if roots.get(signed.size) != signed.root:
        yield f"{log.origin}: the tree of {signed.size} leaves is not the one that was signed"
    known = await generations(database)
    try:
        keys = verifier_keys(database.keyring, log.origin, known[-1].number if known else 1)
        open_checkpoint(signed.note.encode(), keys)
    except EvidenceInvalid as error:
        yield f"{log.origin}: the last checkpoint does not verify: {error.public}"
    async for problem in _check_files(database, files, log):
        yield problem


async def _check_files(database: Database, files: LedgerFiles, log: ledger.Log) -> AsyncIterator[str]:
    """Files that a worker of this machine wrote; another machine's are not looked for."""
    note = await files.checkpoint(log.number)
    if note is None:
        return
    keys = verifier_keys(
        database.keyring, log.origin, max((one.number for one in await generations(database)), default=1)
    )
    try:
        published = open_checkpoint(note, keys).checkpoint
    except EvidenceInvalid as error:
        yield f"{log.origin}: the published checkpoint does not verify: {error.public}"
        return
    if published.size > log.size:
        yield f"{log.origin}: {published.size} leaves were published, the database has {log.size}"
        return
    for tile in tiles_of(published.size):
        if await _differs(database, files, log.number, tile):
            yield f"{files.root}/{log.number}/{tile.path} is missing or is not what the database has"


async def _differs(database: Database, files: LedgerFiles, log: int, tile: Tile) -> bool:
    return await files.tile(log, tile) != await ledger.read_tile(database, log, tile)
