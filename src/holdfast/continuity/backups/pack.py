"""Merging many small chunks of log into packs: fewer objects to list, to pay for, and to fetch. Needs no secret but the signer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ...platform.stores import ObjectExists, Store, StoredObject, StoreError
from ...pure.evidence import SigningKey
from ...pure.mirror import (
    MirrorInvalid,
    Span,
    encode_pack,
    open_chunk,
    open_pack_head,
    parse_chunk_name,
)

PACK_BYTES: Final = 16 * 1024 * 1024
PACK_CHUNKS: Final = 2048
MIN_CHUNKS: Final = 16
PACK_AFTER: Final = timedelta(hours=1)
"""Chunks younger than this are left alone: the shipper may be writing beside them, and a restore wants them at hand."""


@dataclass(frozen=True, slots=True)
class PackingDone:
    """At one store. chunks: that are in packs now. error: why it stopped."""

    packs: int = 0
    chunks: int = 0
    error: str = ""


async def pack_chunks(
    store: Store, epoch: int, site: str, signer: SigningKey, *, now: datetime, after: timedelta = PACK_AFTER
) -> PackingDone:
    """Pack this epoch's older chunks of one store. Killed at any moment, every chunk is in a pack, by itself, or both.

    A store that keeps what should be deleted gets no packs: they would double what it holds.
    """
    packs = chunks = 0
    try:
        for group in _groups(await store.list(f"wal/{epoch:010d}"), now - after):
            packed = await _pack(store, group, site, signer, now)
            packs += 1
            chunks += packed
    except StoreError as error:
        return PackingDone(packs, chunks, error.public)
    return PackingDone(packs, chunks)


def _groups(entries: Sequence[StoredObject], before: datetime) -> list[list[str]]:
    """Names in groups of one timeline, in order, each within the bounds; small rests wait for more."""
    groups: list[list[str]] = []
    group: list[str] = []
    size, timeline = 0, -1
    for entry in entries:
        span = _span_of(entry.name)
        if span is None or entry.modified_at > before:
            continue
        full = size + entry.size_bytes > PACK_BYTES or len(group) >= PACK_CHUNKS
        if group and (full or span.timeline != timeline):
            groups.append(group)
            group, size = [], 0
        group.append(entry.name)
        size += entry.size_bytes
        timeline = span.timeline
    groups.append(group)
    return [one for one in groups if len(one) >= MIN_CHUNKS]


async def _pack(store: Store, names: Sequence[str], site: str, signer: SigningKey, now: datetime) -> int:
    """One pack; its chunks go once the store gave it back as it was written."""
    objects = []
    for name in names:
        data = await store.get(name)
        try:
            open_chunk(data, name, (signer.verifier,))
        except MirrorInvalid:
            continue  # not ours: left where it is, for whoever looks for what was done to the store
        objects.append((name, data))
    if not objects:
        return 0
    name, pack = encode_pack(objects, signer, site=site, written_at=now)
    try:
        await store.put_new(name, pack)
    except ObjectExists:
        pack = await store.get(name)
        open_pack_head(pack, name, (signer.verifier,))
    if await store.get(name) != pack:
        return 0
    for chunk, _ in objects:
        await store.delete(chunk)
    return len(objects)


def _span_of(name: str) -> Span | None:
    try:
        return parse_chunk_name(name)
    except MirrorInvalid:
        return None
