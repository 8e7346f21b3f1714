"""One file at one store: its parts sealed, signed and put, the first part last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from ...platform import sealing, stores
from ...platform.blobs import BlobMissing, Blobs
from ...pure.mirror_objects import (
    MAX_PARTS,
    PART_BYTES,
    MediaPart,
    encode_part,
    media_name,
    part_object,
)
from ..mirror import MirrorSetup

# Enough to see that an object is there, without fetching it.
_PROBE_BYTES: Final = 1


class FileTooLarge(stores.StoreError):
    """More parts than a file may have."""


async def hold_file(
    store: stores.Store,
    setup: MirrorSetup,
    sha256: bytes,
    blobs: Blobs,
    *,
    moved: Callable[[], None] = lambda: None,
) -> None:
    """Let a store hold a file that lies in `blobs`. `moved` is called after each part.

    One that is there under the same name is the same content. Raises StoreError, BlobMissing, BlobsAway.
    """
    size = await blobs.size(sha256)
    if size is None:
        raise BlobMissing(private=sha256.hex())
    parts = max(1, -(-size // PART_BYTES))
    if parts > MAX_PARTS:
        raise FileTooLarge(private=f"{size} bytes")
    name = media_name(setup.media_key, setup.recipients, sha256)
    first = b""
    number = 0
    async for piece in _pieces(blobs, sha256):
        if number == 0:
            first = piece
        else:
            await _put(store, setup, MediaPart(setup.site_id, setup.epoch, name, number, parts), piece)
            moved()
        number += 1
    await _put(store, setup, MediaPart(setup.site_id, setup.epoch, name, 0, parts), first)
    moved()


async def holds_file(store: stores.Store, setup: MirrorSetup, sha256: bytes) -> bool:
    """Whether a store has the file as a whole. Raises StoreError."""
    name = media_name(setup.media_key, setup.recipients, sha256)
    try:
        return len(await store.get_range(part_object(name, 0), 0, _PROBE_BYTES)) == _PROBE_BYTES
    except stores.ObjectMissing:
        return False


async def _put(store: stores.Store, setup: MirrorSetup, part: MediaPart, plain: bytes) -> None:
    data = await asyncio.to_thread(_sealed, setup, part, plain)
    try:
        await store.put_new(part.object_name, data)
    except stores.ObjectExists:
        return


def _sealed(setup: MirrorSetup, part: MediaPart, plain: bytes) -> bytes:
    return encode_part(part, sealing.seal(plain, setup.recipients), setup.signer)


async def _pieces(blobs: Blobs, sha256: bytes) -> AsyncIterator[bytes]:
    """The content in parts of PART_BYTES; one empty part for an empty file."""
    held = bytearray()
    given = False
    async for chunk in blobs.stream(sha256):
        held += chunk
        while len(held) >= PART_BYTES:
            yield bytes(held[:PART_BYTES])
            given = True
            del held[:PART_BYTES]
    if held or not given:
        yield bytes(held)
