"""The new epoch's start, and its first log: from where the timeline was left to where the shipper takes over, without a gap."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import asyncpg
import zstandard

from ...platform import sealing
from ...platform.clock import Clock
from ...platform.crypto import random_bytes
from ...platform.stores import Store
from ...pure.evidence import SigningKey
from ...pure.mirror import (
    Chunk,
    EpochStart,
    encode_chunk,
    encode_start,
    open_chunk_head,
    open_claim,
    parse_lsn,
)
from ..backups import SEGMENT_BYTES
from ..mirror import MirrorSetup, SignedEpoch, spread
from ..restoring import segment_name
from ..shipping import SLOT
from .claim import signer_of
from .model import RelaunchState

_CHUNK_BYTES: Final = 4 * 1024 * 1024
_SLOT_THERE: Final = "select 1 from pg_replication_slots where slot_name = $1"
_MAKE_SLOT: Final = "select pg_create_physical_replication_slot($1, true)"
_FLUSHED: Final = "select pg_current_wal_flush_lsn()::text"


def new_setup(
    setup: MirrorSetup, state: RelaunchState, *, start: bytes | None, domain: str | None
) -> MirrorSetup:
    """The setup of the epoch that was claimed."""
    signed = SignedEpoch(state.epoch, base64.b64decode(state.claim), start)
    earlier = tuple(one for one in setup.epochs if one.number < state.epoch)
    return replace(
        setup,
        epoch=state.epoch,
        holder=state.holder,
        signer=signer_of(state),
        epochs=(*earlier, signed),
        domain=domain or setup.domain,
    )


def start_object(state: RelaunchState, authority: SigningKey) -> tuple[str, bytes]:
    """Name and bytes of the start."""
    claim = open_claim(base64.b64decode(state.claim), f"epoch/{state.epoch:010d}", authority.verifier)
    start = EpochStart(state.site, state.epoch, state.timeline, state.start_lsn, claim.digest)
    return start.name, encode_start(start, authority)


async def ship_first_log(
    setup: MirrorSetup,
    state: RelaunchState,
    stores: Mapping[str, Store],
    dsn: str,
    cluster: Path,
    *,
    clock: Clock,
) -> int:
    """Make the shipper's slot, and bring the log from before the start up to now to every store. Where the log reaches.

    Raises mirror.TooFewHold.
    """
    connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval(_SLOT_THERE, SLOT) is None:
            await connection.execute(_MAKE_SLOT, SLOT)
        end = parse_lsn(await connection.fetchval(_FLUSHED))
    finally:
        await connection.close()
    begin = state.start_lsn // SEGMENT_BYTES * SEGMENT_BYTES
    await ship_stretch(setup, stores, cluster, state.timeline, (begin, end), clock=clock)
    return end


async def ship_stretch(
    setup: MirrorSetup,
    stores: Mapping[str, Store],
    cluster: Path,
    timeline: int,
    stretch: tuple[int, int],
    *,
    clock: Clock,
) -> None:
    """A run of its own with the log of a stretch, read from the files of a cluster. Raises mirror.TooFewHold."""
    position, end = stretch
    run, sequence, previous = random_bytes(16).hex(), 0, None
    while position < end:
        until = min(end, (position // _CHUNK_BYTES + 1) * _CHUNK_BYTES)
        log = await asyncio.to_thread(_read, cluster, timeline, position, until)
        body = sealing.seal(zstandard.ZstdCompressor().compress(log), setup.recipients)
        chunk = Chunk(
            setup.site_id, setup.epoch, timeline, run, sequence, position, until, previous,
            clock.now().replace(microsecond=0),
        )  # fmt: skip
        data = encode_chunk(chunk, body, setup.signer)
        await spread(stores, chunk.name, data, needed=setup.quorum)
        previous, sequence, position = _digest(data, chunk.name, setup), sequence + 1, until


def _digest(data: bytes, name: str, setup: MirrorSetup) -> bytes:
    return open_chunk_head(data, name, (setup.signer.verifier,)).digest


def _read(cluster: Path, timeline: int, begin: int, until: int) -> bytes:
    """Log of one file; both bounds lie in it."""
    with (cluster / "pg_wal" / segment_name(timeline, begin)).open("rb") as file:
        file.seek(begin % SEGMENT_BYTES)
        return file.read(until - begin)
