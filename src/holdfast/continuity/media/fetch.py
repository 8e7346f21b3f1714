"""Media back from the stores: each part verified, opened, and the whole held against the hash that the database has."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

import structlog

from ...platform import sealing, stores
from ...platform.blobs import Blobs, hash_of
from ...pure.errors import NotFound
from ...pure.mirror import MirrorInvalid
from ...pure.mirror_objects import ListedFile, media_name, open_part, part_object
from ..mirror import MirrorSetup, signers_of

log = structlog.get_logger(__name__)

_AT_ONCE: Final = 8
_IN_MEMORY_BYTES: Final = 16 * 1024 * 1024


class MediaNotHeld(NotFound):
    """No store has this file whole and unchanged."""

    public = "No store holds this file as it was."


@dataclass(slots=True)
class RestoredMedia:
    """Where it stands. present: were here already. missing: at no store, by their SHA-256."""

    total: int = 0
    fetched: int = 0
    present: int = 0
    size_bytes: int = 0
    missing: list[bytes] = field(default_factory=list)


class Fetching:
    """Fetches files of one mirror. The identity stays in this process."""

    def __init__(self, setup: MirrorSetup, identity: str, opened: Mapping[str, stores.Store]) -> None:
        self._setup = setup
        self._identity = identity
        self._opened = dict(opened)
        self._keys = signers_of(setup)

    async def fetch(self, sha256: bytes, out: BinaryIO) -> int:
        """Write a file to `out`, from whichever store has it as it was; its size. Raises MediaNotHeld."""
        name = media_name(self._setup.media_key, self._setup.recipients, sha256)
        for store in self._opened.values():
            out.seek(0)
            out.truncate()
            try:
                await self._from(store, name, out)
            except (stores.StoreError, MirrorInvalid, sealing.SealingWrong, MediaNotHeld) as error:
                log.info("mirror.media_not_fetched", store=store.address, error=type(error).__name__)
                continue
            if await asyncio.to_thread(hash_of, out) == sha256:
                return out.seek(0, 2)
            log.warning("mirror.media_is_another", store=store.address)
        raise MediaNotHeld(private=sha256.hex())

    async def bring(self, sha256: bytes, blobs: Blobs) -> int | None:
        """Put a file into `blobs`; its size, None when no store has it."""
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as out:
            try:
                size = await self.fetch(sha256, out)  # type: ignore[arg-type]
            except MediaNotHeld:
                return None
            out.seek(0)
            await blobs.put(out)  # type: ignore[arg-type]
        return size

    async def _from(self, store: stores.Store, name: str, out: BinaryIO) -> None:
        number, parts = 0, 1
        while number < parts:
            place = part_object(name, number)
            part, sealed = open_part(await store.get(place), place, self._keys)
            if part.name != name or (number and part.parts != parts):
                raise MediaNotHeld
            parts = part.parts
            out.write(await asyncio.to_thread(sealing.unseal, sealed, self._identity))
            number += 1


async def fetch_media(
    setup: MirrorSetup, identity: str, opened: Mapping[str, stores.Store], sha256: bytes, out: BinaryIO
) -> int:
    """One file, written to `out` (which can seek and be cut); its size. Raises MediaNotHeld."""
    return await Fetching(setup, identity, opened).fetch(sha256, out)


async def restore_media(
    setup: MirrorSetup,
    identity: str,
    opened: Mapping[str, stores.Store],
    files: Iterable[ListedFile],
    blobs: Blobs,
    *,
    progress: Callable[[RestoredMedia], None] = lambda done: None,
) -> RestoredMedia:
    """Every file of `files` that is not in `blobs` yet, several at once. Safe to repeat. What no store has is told, not raised.

    blobs: without copies of its own (`Blobs.alone`), or each file would be sent to where it came from.
    """
    wanted = list(files)
    done = RestoredMedia(total=len(wanted))
    fetching = Fetching(setup, identity, opened)
    left = iter(wanted)

    async def work() -> None:
        for one in left:
            if await blobs.size(one.sha256) is not None:
                done.present += 1
            elif (size := await fetching.bring(one.sha256, blobs)) is None:
                done.missing.append(one.sha256)
            else:
                done.fetched += 1
                done.size_bytes += size
            progress(done)

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
    return done
