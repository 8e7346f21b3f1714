"""Bring objects from the stores to this machine, many at once, each verified; a store that fails is replaced by another."""

from __future__ import annotations

import asyncio
import hashlib
import os
import queue
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, cast

import zstandard

from ...platform import sealing
from ...platform.stores import Store, StoreError
from ...pure.evidence import VerifierKey
from ...pure.mirror import (
    Base,
    HeldChunk,
    MirrorInvalid,
    Reason,
    Refused,
    SignedChunk,
    open_chunk,
    reason_of,
)
from .errors import NoRoom, StepTooSlow, StoresSayNothing
from .look import Place, Seen
from .model import AT_ONCE, FETCH_SILENCE_SECONDS

_WINDOW: Final = 12
_PATIENCE_SECONDS: Final = 1.0
_SLASH: Final = "~"


async def fetch_base(
    base: Base,
    holders: Sequence[Store],
    identity: str,
    target: Path,
    *,
    owner: tuple[int, int] | None,
    progress: Callable[[int], None],
) -> None:
    """Unpack a backup into `target`, which is made. Parts are fetched, opened and unpacked beside each other.

    holders: the stores that have it. owner: whom the files are to belong to. Raises StoresSayNothing, StepTooSlow, NoRoom.
    """
    loop = asyncio.get_running_loop()
    ready: queue.Queue[bytes | None] = queue.Queue(_WINDOW)
    stopped = threading.Event()

    async def part(index: int) -> bytes:
        facts, name = base.parts[index], base.part_names[index]
        for turn in range(len(holders)):
            store = holders[(index + turn) % len(holders)]
            try:
                async with asyncio.timeout(FETCH_SILENCE_SECONDS):
                    sealed = await store.get(name)
            except (StoreError, TimeoutError):
                continue
            if len(sealed) == facts.size_bytes and hashlib.sha256(sealed).hexdigest() == facts.sha256:
                plain = await asyncio.to_thread(_opened, sealed, identity)
                progress(len(sealed))
                return plain
        raise StoresSayNothing(f"No store has {name} as it was written; give more stores with --from.")

    async def feed() -> None:
        coming: list[asyncio.Task[bytes]] = []
        try:
            for index in range(len(base.parts)):
                coming.append(loop.create_task(part(index)))
                if len(coming) >= _WINDOW:
                    await asyncio.to_thread(_hand_over, ready, await coming.pop(0), stopped)
            for task in coming:
                await asyncio.to_thread(_hand_over, ready, await task, stopped)
            await asyncio.to_thread(_hand_over, ready, None, stopped)
        finally:
            stopped.set()
            for task in coming:
                task.cancel()
            await asyncio.gather(*coming, return_exceptions=True)

    feeding = asyncio.ensure_future(feed())
    unpacking = asyncio.ensure_future(asyncio.to_thread(_unpack, _Joined(ready, stopped), target, owner))
    try:
        await asyncio.wait({feeding, unpacking}, return_when=asyncio.FIRST_EXCEPTION)
        if feeding.done() and feeding.exception() is not None:
            raise cast(BaseException, feeding.exception())
        await unpacking
    finally:
        stopped.set()
        feeding.cancel()
        await asyncio.gather(feeding, unpacking, return_exceptions=True)


async def fetch_chunks(
    seen: Seen,
    names: Iterable[str],
    stores: Mapping[str, Store],
    keys: Sequence[VerifierKey],
    folder: Path,
    *,
    progress: Callable[[int], None],
) -> tuple[list[HeldChunk], list[Refused]]:
    """Verified chunks, as they are, in `folder` under their names; what is there already is verified again and not fetched.

    Refused: those of which no store has a copy that can be believed. Raises StepTooSlow where nothing arrives any more.
    """
    keys = tuple(keys)
    held: list[HeldChunk] = []
    refused: list[Refused] = []
    here = await asyncio.to_thread(_fetched, folder, keys)
    left = iter(list(names))
    moved = asyncio.Event()

    async def work() -> None:
        for name in left:
            found = here.get(name) or await _one_chunk(name, seen.chunks[name], stores, keys, folder)
            if isinstance(found, Refused):
                refused.append(found)
            else:
                held.extend(found)
            progress(1)
            moved.set()

    workers = asyncio.gather(*(work() for _ in range(AT_ONCE)))
    watching = asyncio.ensure_future(_watch(moved))
    both: set[asyncio.Future[Any]] = {workers, watching}
    try:
        done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if workers in done:
            workers.result()
        else:
            watching.result()
    finally:
        for task in (workers, watching):
            task.cancel()
        await asyncio.gather(workers, watching, return_exceptions=True)
    return held, refused


def chunk_file(folder: Path, signed: SignedChunk) -> Path:
    """Where a fetched chunk lies; with its digest, because two may have one name."""
    return folder / f"{signed.chunk.name.replace('/', _SLASH)}{_SLASH}{signed.digest.hex()}"


async def _watch(moved: asyncio.Event) -> None:
    while True:
        moved.clear()
        try:
            await asyncio.wait_for(moved.wait(), FETCH_SILENCE_SECONDS)
        except TimeoutError:
            raise StepTooSlow(
                f"No log arrived for {FETCH_SILENCE_SECONDS:.0f} seconds; check the network and repeat, or give another store."
            ) from None


async def _one_chunk(
    name: str, places: Sequence[Place], stores: Mapping[str, Store], keys: Sequence[VerifierKey], folder: Path
) -> list[HeldChunk] | Refused:
    """The first copy that is believed; all different ones where the copies differ in size (two were signed under one name)."""
    found: dict[bytes, HeldChunk] = {}
    sizes: set[int] = set()
    wrong: Refused | None = None
    for place in places:
        if found and place.size_bytes in sizes:
            continue
        try:
            data = await _bytes_of(place, stores[place.store])
            signed, _ = open_chunk(data, name, keys)
        except (StoreError, TimeoutError):
            continue
        except MirrorInvalid as error:
            wrong = Refused(name, reason_of(error))
            continue
        sizes.add(place.size_bytes)
        found.setdefault(signed.digest, HeldChunk(signed, (place.store,)))
        _keep(chunk_file(folder, signed), data)
    if found:
        return list(found.values())
    return wrong or Refused(name, Reason.TRUNCATED)


async def _bytes_of(place: Place, store: Store) -> bytes:
    async with asyncio.timeout(FETCH_SILENCE_SECONDS):
        if place.packed:
            return await store.get_range(place.name, place.offset, place.offset + place.size_bytes)
        return await store.get(place.name)


def _fetched(folder: Path, keys: Sequence[VerifierKey]) -> dict[str, list[HeldChunk]]:
    """What an earlier try left, verified again. Files that are not right go."""
    found: dict[str, list[HeldChunk]] = {}
    for file in folder.iterdir():
        name = file.name.rpartition(_SLASH)[0].replace(_SLASH, "/")
        try:
            signed, _ = open_chunk(file.read_bytes(), name, keys)
        except MirrorInvalid:
            file.unlink()
            continue
        found.setdefault(name, []).append(HeldChunk(signed, ()))
    return found


def _keep(path: Path, data: bytes) -> None:
    try:
        staging = path.with_name(path.name + ".new")
        staging.write_bytes(data)
        staging.rename(path)
    except OSError as error:
        raise NoRoom(private=str(error)) from None


def _opened(sealed: bytes, identity: str) -> bytes:
    plain = sealing.unseal(sealed, identity)
    return zstandard.ZstdDecompressor().decompressobj().decompress(plain)


def _hand_over(ready: queue.Queue[bytes | None], data: bytes | None, stopped: threading.Event) -> None:
    while not stopped.is_set():
        with suppress(queue.Full):
            ready.put(data, timeout=_PATIENCE_SECONDS)
            return


class _Joined:
    """The parts as one stream, for who reads in a thread."""

    def __init__(self, ready: queue.Queue[bytes | None], stopped: threading.Event) -> None:
        self._pieces = self._next(ready, stopped)
        self._held = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        got: list[bytes | memoryview] = []
        while size > 0:
            if not self._held:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._held = memoryview(piece)
            taken = self._held[:size]
            got.append(taken)
            self._held = self._held[len(taken) :]
            size -= len(taken)
        return b"".join(got)

    @staticmethod
    def _next(ready: queue.Queue[bytes | None], stopped: threading.Event) -> Iterator[bytes]:
        while True:
            try:
                piece = ready.get(timeout=_PATIENCE_SECONDS)
            except queue.Empty:
                if stopped.is_set():
                    return
                continue
            if piece is None:
                return
            yield piece


def _unpack(stream: _Joined, target: Path, owner: tuple[int, int] | None) -> None:
    target.mkdir(mode=0o700)
    if owner is not None:
        os.chown(target, *owner)
    try:
        with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|", bufsize=1 << 20) as tar:
            for member in tar:
                tar.extract(_as_ours(member, owner), target, **_TRUSTED)
    except OSError as error:
        raise NoRoom(private=str(error)) from None
    except tarfile.TarError as error:
        raise StoresSayNothing(
            "The backup ends before its end; repeat the relaunch.", private=str(error)
        ) from None


# Python before 3.11.4 has no filters; what a filter would look at is looked at here, for all versions alike.
_TRUSTED: Final[Mapping[str, Any]] = (
    {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}
)


def _as_ours(member: tarfile.TarInfo, owner: tuple[int, int] | None) -> tarfile.TarInfo:
    """A file or folder below the target, ours alone. Raises TarError for anything else."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or not (member.isreg() or member.isdir()):
        raise tarfile.TarError(f"{member.name} has no place in a backup")
    if owner is not None:
        member.uid, member.gid = owner
        member.uname = member.gname = ""
    member.mode = 0o700 if member.isdir() else 0o600
    return member
