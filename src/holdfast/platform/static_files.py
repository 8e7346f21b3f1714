"""A folder of small files that others read while they are written: whole or not there, also after a power cut.

A file is written beside its name, flushed to the disk, and then takes the name; the folder is flushed after it. What
was interrupted leaves a file ending in .new behind, which the next write of that name replaces. All of this blocks.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

_UNFINISHED = ".new"


class StaticFolder:
    """Files below `root`, by their names relative to it. Names come from the program, never from outside."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None when it is not there."""
        try:
            return (self.root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, name: str, data: bytes) -> None:
        """Put a file in its place, on the disk when this returns. Raises OSError."""
        place = self.root / name
        self._make_folder(place.parent)
        unfinished = place.with_name(place.name + _UNFINISHED)
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(place)
        _flush_folder(place.parent)

    def remove_folder(self, name: str) -> None:
        """Remove a folder with what is in it; one that is not there is no error."""
        shutil.rmtree(self.root / name, ignore_errors=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[bool]:
        """Whether nobody else writes here; nobody else does as long as the context lasts."""
        self._make_folder(self.root)
        handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(handle)

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for one in reversed(missing):
            one.mkdir(mode=0o755, exist_ok=True)
            _flush_folder(one.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
