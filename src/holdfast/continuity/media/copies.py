"""What a process asks when it stored a file: is it at the quorum? (ADR 0039)

    a file is stored here
      -> it is written down as waiting, on the disk
      -> all stores are sent it at once
      -> the quorum has it: the row that names it may commit; the other stores get it meanwhile
      -> or nothing moved for five seconds: said openly, and on without waiting until the quorum has caught up

A file is never refused because a store is away, and never forgotten: the worker brings what waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from ...platform import stores
from ...platform.blobs import BlobMissing, Blobs, BlobsAway
from ...platform.clock import Clock
from ...platform.crypto import Keyring
from ...pure.errors import HoldfastError
from ...pure.mirror import DEGRADE_AFTER
from ..mirror import FOLDER, MirrorSetup, open_stores, read_setup
from .hold import hold_file
from .origin import ask_origin
from .waiting import WaitingFiles

log = structlog.get_logger(__name__)

_RETRY_SECONDS: Final = 0.5
# What more uploads than this leave undone is the worker's.
_FINISHING_MAX: Final = 32
_FINISH_WITHIN_SECONDS: Final = 60.0


class _Mirror(NamedTuple):
    setup: MirrorSetup
    opened: Mapping[str, stores.Store]


class MirrorCopies:
    """The copies of a process's blobs at the stores of the mirror; nothing at all while there is no mirror.

    degrade_after_seconds: how long nothing may move before an upload goes on without the quorum.
    """

    def __init__(
        self,
        data_folder: Path,
        keyring: Callable[[], Keyring],
        clock: Clock,
        *,
        opening: Callable[[MirrorSetup], Mapping[str, stores.Store]] = open_stores,
        degrade_after_seconds: float = DEGRADE_AFTER.total_seconds(),
    ) -> None:
        self._data = data_folder
        self._keyring = keyring
        self._clock = clock
        self._opening = opening
        self._degrade_after_seconds = degrade_after_seconds
        self.waiting = WaitingFiles(data_folder)
        self._known: tuple[tuple[int, int, int], _Mirror | None] | None = None
        self._finishing: set[asyncio.Task[None]] = set()

    async def keep(self, digest: bytes, here: Blobs) -> None:
        """Return once the quorum holds a file, or once it is known that this takes too long."""
        mirror = self._mirror()
        if mirror is None or not mirror.opened:
            return
        await asyncio.to_thread(self.waiting.add, digest)
        sending = _Sending(mirror, digest, here)
        late = self.waiting.degraded_since() is not None
        if not late and not await sending.reach(
            mirror.setup.quorum, within_seconds=self._degrade_after_seconds
        ):
            self.waiting.degrade(self._clock.now())
            log.warning("mirror.media_degraded", stores=sorted(mirror.opened.keys() - sending.held))
        await self._go_on(digest, sending)

    async def bring(self, digest: bytes, here: Blobs) -> bool:
        """Have a file brought that a relaunched site has not fetched yet; True once it is here."""
        return await ask_origin(self._data, digest, here)

    async def finish(self) -> None:
        """Wait for what is still being sent; for the end of a process, and tests."""
        while self._finishing:
            await asyncio.wait(set(self._finishing))

    def _mirror(self) -> _Mirror | None:
        """The mirror of now: the setup is read again when its file changed."""
        try:
            seen = os.stat(self._data / FOLDER / "setup")
        except FileNotFoundError:
            return None
        mark = (seen.st_mtime_ns, seen.st_ino, seen.st_size)
        if self._known is None or self._known[0] != mark:
            self._known = mark, self._read()
        return self._known[1]

    def _read(self) -> _Mirror | None:
        try:
            setup = read_setup(self._data, self._keyring())
            return None if setup is None else _Mirror(setup, self._opening(setup))
        except HoldfastError as error:
            # Uploads go on: that the mirror cannot be used is told where it is looked after.
            log.error("mirror.setup_unusable", error=error.public)
            return None

    async def _go_on(self, digest: bytes, sending: _Sending) -> None:
        """Let the other stores have it without keeping anybody waiting."""
        if sending.done and not sending.missing:
            self.waiting.remove(digest)
            return
        if len(self._finishing) >= _FINISHING_MAX:
            await sending.stop()
            self.waiting.note(digest, sending.held)
            return
        task = asyncio.create_task(self._finished(digest, sending))
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)

    async def _finished(self, digest: bytes, sending: _Sending) -> None:
        try:
            await sending.all(within_seconds=_FINISH_WITHIN_SECONDS)
        finally:
            await sending.stop()
            if sending.missing:
                self.waiting.note(digest, sending.held)
            else:
                self.waiting.remove(digest)


class _Sending:
    """One file on its way to every store."""

    def __init__(self, mirror: _Mirror, digest: bytes, here: Blobs) -> None:
        self.held: set[str] = set()
        self._names = set(mirror.opened)
        self._moved_at = asyncio.get_running_loop().time()
        self._tasks = {
            asyncio.create_task(self._send(name, store, mirror.setup, digest, here))
            for name, store in mirror.opened.items()
        }

    @property
    def missing(self) -> set[str]:
        """Stores that do not have it."""
        return self._names - self.held

    @property
    def done(self) -> bool:
        """Whether nothing is being sent any more."""
        return all(task.done() for task in self._tasks)

    async def reach(self, quorum: int, *, within_seconds: float) -> bool:
        """Whether so many stores have it, before nothing moves for so long."""
        loop = asyncio.get_running_loop()
        while len(self.held) < quorum:
            pending = {task for task in self._tasks if not task.done()}
            left = self._moved_at + within_seconds - loop.time()
            if not pending or left <= 0:
                break
            await asyncio.wait(pending, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        return len(self.held) >= quorum

    async def all(self, *, within_seconds: float) -> None:
        """Wait for the rest, for so long at most."""
        await asyncio.wait(self._tasks, timeout=within_seconds)

    async def stop(self) -> None:
        """Send no more."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _move(self) -> None:
        self._moved_at = asyncio.get_running_loop().time()

    async def _send(
        self, name: str, store: stores.Store, setup: MirrorSetup, digest: bytes, here: Blobs
    ) -> None:
        while True:
            try:
                await hold_file(store, setup, digest, here, moved=self._move)
            except stores.StoreAway:
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            except (stores.StoreError, BlobMissing, BlobsAway) as error:
                log.warning("mirror.media_not_held", store=name, error=type(error).__name__)
                return
            self.held.add(name)
            return
