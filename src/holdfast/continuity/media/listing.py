"""The list of all files that should be at the stores, and what a list says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import zstandard

from ...platform import sealing, stores
from ...platform.clock import Instant
from ...pure.mirror import KEEP, MirrorInvalid
from ...pure.mirror_objects import (
    ListedFile,
    MediaList,
    encode_listed,
    encode_media_list,
    listed_files,
    media_name,
    media_root,
    open_media_list,
)
from ..mirror import MirrorSetup, signers_of, spread

_FOLDER: Final = "media-list"
_MAX_BYTES: Final = 1 << 31
_MIN_KEPT: Final = 2


async def write_list(
    setup: MirrorSetup, opened: Mapping[str, stores.Store], files: Sequence[ListedFile], *, now: Instant
) -> MediaList:
    """Put a new list at every store; the quorum must take it. Old ones go with the time of retention.

    Raises mirror.TooFewHold.
    """
    held = await _held(opened)
    in_epoch = [one for one in held if one.startswith(f"{_FOLDER}/{setup.epoch:010d}/")]
    sequence = max((int(one.rpartition("/")[2]) for one in in_epoch), default=-1) + 1
    root = media_root(media_name(setup.media_key, setup.recipients, one.sha256) for one in files)
    listing = MediaList(
        setup.site_id, setup.epoch, sequence, len(files), sum(one.size_bytes for one in files), root, now
    )
    data = await asyncio.to_thread(_encoded, setup, listing, files)
    await spread(opened, listing.name, data, needed=setup.quorum)
    await _forget_old(opened, keep=listing.name, now=now)
    return listing


async def read_newest_list(
    setup: MirrorSetup, identity: str, opened: Mapping[str, stores.Store]
) -> tuple[MediaList, list[ListedFile]] | None:
    """The newest list that any store has and that is as it was written; None where there is none."""
    keys = signers_of(setup)
    for name in sorted(await _held(opened), reverse=True):
        for store in opened.values():
            try:
                listing, _, sealed = open_media_list(await store.get(name), name, keys)
                plain = zstandard.ZstdDecompressor().decompress(
                    sealing.unseal(sealed, identity), max_output_size=_MAX_BYTES
                )
                return listing, list(listed_files(plain))
            except (stores.StoreError, MirrorInvalid, sealing.SealingWrong, zstandard.ZstdError):
                continue
    return None


async def read_list_facts(setup: MirrorSetup, opened: Mapping[str, stores.Store]) -> dict[str, str | int]:
    """What the newest list says of itself: its name, how many files, their size, the root. Needs no secret; empty without a list."""
    keys = signers_of(setup)
    for name in sorted(await _held(opened), reverse=True):
        for store in opened.values():
            try:
                listing, _, _ = open_media_list(await store.get(name), name, keys)
            except (stores.StoreError, MirrorInvalid):
                continue
            return {
                "list": name,
                "files": listing.files,
                "size_bytes": listing.size_bytes,
                "root": listing.root.hex(),
            }
    return {}


def _encoded(setup: MirrorSetup, listing: MediaList, files: Sequence[ListedFile]) -> bytes:
    packed = zstandard.ZstdCompressor().compress(encode_listed(files))
    return encode_media_list(listing, sealing.seal(packed, setup.recipients), setup.signer)


async def _held(opened: Mapping[str, stores.Store]) -> set[str]:
    """Names of lists at all stores that answer."""
    found: set[str] = set()
    for store in opened.values():
        try:
            found.update(one.name for one in await store.list(_FOLDER))
        except stores.StoreError:
            continue
    return {one for one in found if one.rpartition("/")[2].isdecimal()}


async def _forget_old(opened: Mapping[str, stores.Store], *, keep: str, now: Instant) -> None:
    for store in opened.values():
        try:
            entries = [one for one in await store.list(_FOLDER) if one.name != keep]
            for entry in entries[: max(0, len(entries) - _MIN_KEPT)]:
                if now - entry.modified_at > KEEP:
                    await store.delete(entry.name)
        except stores.StoreError:
            continue
