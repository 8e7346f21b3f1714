"""Files that some store does not hold yet, on disk: what a crash or an absent store must not make us forget.

    DATA/mirror/media-waiting/HASH     the names of the stores that have it already, one a line
    DATA/mirror/media-degraded         since when files are not at the quorum before they count; not there while all is well

Every process of this data folder writes here; the worker takes away what was brought.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from ...platform.clock import Instant
from ..mirror import FOLDER

_WAITING: Final = "media-waiting"
_DEGRADED: Final = "media-degraded"
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class WaitingFile(NamedTuple):
    """A file that waits. held: names of stores that have it. since: when it was put here."""

    sha256: bytes
    held: frozenset[str]
    since: Instant


class WaitingFiles:
    """What waits in one data folder. Blocking and quick."""

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder / FOLDER / _WAITING
        self._degraded = data_folder / FOLDER / _DEGRADED

    def add(self, sha256: bytes) -> None:
        """Remember a file before anything is sent; on the disk when this returns. One that waits already keeps what is known."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(self._folder / sha256.hex(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        os.fsync(handle)
        os.close(handle)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def note(self, sha256: bytes, held: Iterable[str]) -> None:
        """Write down which stores have it. What is lost of this in a crash is found out again."""
        place = self._folder / sha256.hex()
        staging = self._folder / f"{sha256.hex()}.{os.getpid()}.new"
        staging.write_text("".join(f"{name}\n" for name in sorted(held)))
        if place.exists():
            staging.rename(place)
        else:
            staging.unlink()

    def remove(self, sha256: bytes) -> None:
        """Every store has it, or it is no longer here."""
        (self._folder / sha256.hex()).unlink(missing_ok=True)

    def all(self) -> list[WaitingFile]:
        """What waits, the oldest first."""
        found = []
        try:
            entries = list(os.scandir(self._folder))
        except FileNotFoundError:
            return []
        for entry in entries:
            if _HASH.fullmatch(entry.name) is None:
                continue
            try:
                held = frozenset(Path(entry.path).read_text().split())
                since = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
            except FileNotFoundError:
                continue
            found.append(WaitingFile(bytes.fromhex(entry.name), held, since))
        return sorted(found, key=lambda one: (one.since, one.sha256))

    def count(self) -> int:
        """How many wait."""
        try:
            return sum(_HASH.fullmatch(name) is not None for name in os.listdir(self._folder))
        except FileNotFoundError:
            return 0

    def degraded_since(self) -> Instant | None:
        """Since when files are accepted that the quorum does not hold; None while all is well."""
        try:
            return datetime.fromisoformat(self._degraded.read_text().strip())
        except (FileNotFoundError, ValueError):
            return None

    def degrade(self, now: Instant) -> None:
        """Say so; the first moment stays."""
        try:
            handle = os.open(self._degraded, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(handle, "w") as file:
            file.write(now.isoformat())

    def recover(self) -> None:
        """All is at the quorum again."""
        self._degraded.unlink(missing_ok=True)
