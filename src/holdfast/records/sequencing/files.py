"""The log as static files below DATA/ledger: one folder for each origin, and the epoch of the last sequencer here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...platform.static_files import StaticFolder
from ...pure.evidence import EvidenceInvalid, Tile, parse_checkpoint, parse_note

_EPOCH = "epoch"
CHECKPOINT = "checkpoint"


class LedgerFiles:
    """DATA/ledger/<log>/checkpoint, DATA/ledger/<log>/tile/..."""

    def __init__(self, data: Path) -> None:
        self._folder = StaticFolder(data / "ledger")

    @property
    def root(self) -> Path:
        """Where they are."""
        return self._folder.root

    @contextlib.contextmanager
    def locked(self) -> Iterator[bool]:
        """Whether no other sequencer writes into this folder."""
        with self._folder.locked() as alone:
            yield alone

    async def epoch(self) -> int | None:
        """The epoch of the last sequencer that worked from here."""
        found = await asyncio.to_thread(self._folder.read, _EPOCH)
        return int(found) if found and found.strip().isdigit() else None

    async def keep_epoch(self, epoch: int) -> None:
        """Remember who works from here."""
        await asyncio.to_thread(self._folder.write, _EPOCH, f"{epoch}\n".encode())

    async def logs(self) -> list[int]:
        """Numbers of the origins that have files here."""
        return await asyncio.to_thread(self._logs)

    async def checkpoint(self, log: int) -> bytes | None:
        """The checkpoint that was published last."""
        return await asyncio.to_thread(self._folder.read, f"{log}/{CHECKPOINT}")

    async def tile(self, log: int, tile: Tile) -> bytes | None:
        """A tile; None when there is no file of it."""
        return await asyncio.to_thread(self._folder.read, f"{log}/{tile.path}")

    async def write_tiles(self, log: int, tiles: Iterable[tuple[Tile, bytes]]) -> None:
        """Write tiles; a full one takes the place of its partial ones. What is there already is left alone."""
        await asyncio.to_thread(self._write_tiles, log, list(tiles))

    async def publish_checkpoint(self, log: int, note: bytes) -> None:
        """Let readers see a checkpoint, unless they see a larger one already."""
        await asyncio.to_thread(self._publish, log, note)

    def _logs(self) -> list[int]:
        try:
            names = [one.name for one in self._folder.root.iterdir() if one.is_dir()]
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if name.isdigit())

    def _write_tiles(self, log: int, tiles: list[tuple[Tile, bytes]]) -> None:
        for tile, data in tiles:
            name = f"{log}/{tile.path}"
            if self._folder.read(name) != data:
                self._folder.write(name, data)
            if tile == tile.full:
                self._folder.remove_folder(f"{name}.p")

    def _publish(self, log: int, note: bytes) -> None:
        name = f"{log}/{CHECKPOINT}"
        there = size_of(self._folder.read(name))
        if there is None or there <= (size_of(note) or 0):
            self._folder.write(name, note)


def size_of(note: bytes | None) -> int | None:
    """The size that a checkpoint states; None for what is none."""
    if note is None:
        return None
    try:
        return parse_checkpoint(parse_note(note).text).size
    except EvidenceInvalid:
        return None
