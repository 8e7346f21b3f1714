"""The folder of a witness.

    witness.key       the private key, readable by its owner only: one line, name and seed
    witness.sqlite    what was seen: the one file that matters besides the key
    guard             how far the state had come when it last answered; may lie elsewhere, better on another disk
    lock              held while a process serves

A witness that forgets is worse than none: shown an older state, it could be led to cosign a second history. So each
change of the state has a number, the number is also written to the guard before the answer leaves, and a state that
is behind its guard is refused.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
import stat
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from holdfast.platform.crypto import random_bytes
from holdfast.pure.errors import Conflict, Invalid, NotFound
from holdfast.pure.evidence import SEED_BYTES, Algorithm, EvidenceInvalid, SigningKey

_KEY_HEADER = "holdfast-witness-key/1"
_GUARD_HEADER = "holdfast-witness-guard/1"
_RETIRE = "make a new witness with a new key in an empty folder, and tell the logs its vkey"


class FolderLocked(Conflict):
    """Another process serves this witness."""


class StateRestored(Conflict):
    """The state is older than what this witness has already answered."""


@dataclass(frozen=True)
class WitnessFolder:
    """A folder that was opened. `guard`: where the guard is."""

    path: Path
    key: SigningKey
    guard: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "witness.sqlite"

    def lock(self) -> IO[str]:
        """Hold the folder until the file is closed. Raises FolderLocked."""
        file = (self.path / "lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise FolderLocked(f"a witness serves from {self.path} already") from None
        return file

    def keep_guard(self, state_id: str, number: int) -> None:
        """Remember on disk that the state has come to `number`; on return it is durable."""
        _write_durably(self.guard, f"{_GUARD_HEADER}\n{state_id}\n{number}\n", mode=0o600)

    def check_guard(self, state_id: str, number: int) -> None:
        """Raises StateRestored where the state is another one, or behind."""
        try:
            lines = self.guard.read_text("ascii").split("\n")
        except FileNotFoundError:
            raise StateRestored(
                f"{self.guard} is missing; put it back, name where it is with --guard, or {_RETIRE}"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise StateRestored(f"{self.guard} cannot be read: {error}") from None
        if len(lines) != 4 or lines[0] != _GUARD_HEADER or not lines[2].isdigit():
            raise StateRestored(f"{self.guard} is not the guard of a witness; {_RETIRE}")
        if lines[1] != state_id or int(lines[2]) > number:
            raise StateRestored(
                f"{self.database} is older than what this witness has answered (change {number}, but its guard saw "
                f"{lines[2]}): it was restored from a copy, and could be led to cosign a second history. Put the newest "
                f"state back, or {_RETIRE}"
            )


def create_folder(path: Path, name: str) -> WitnessFolder:
    """Make a witness: folder and key. Raises Conflict where there is one, Invalid for a name that no key can have."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        key = SigningKey(name, Algorithm.COSIGNATURE_V1, random_bytes(SEED_BYTES))
    except EvidenceInvalid as error:
        raise Invalid(f"'{name}' cannot be a witness's name: {error.public}") from None
    seed = base64.b64encode(key.seed).decode()
    file = path / "witness.key"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(
            f"{file} is there already; a witness keeps its key, or begins anew elsewhere"
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(f"{_KEY_HEADER} {name} {seed}\n")
        out.flush()
        os.fsync(out.fileno())
    _sync_folder(path)
    return WitnessFolder(path, key, path / "guard")


def open_folder(path: Path, guard: Path | None = None) -> WitnessFolder:
    """Open a witness's folder. Raises NotFound, Invalid."""
    file = path / "witness.key"
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            file.chmod(0o600)
        header, name, encoded = file.read_text("utf-8").rstrip("\n").split(" ")
        seed = base64.b64decode(encoded, validate=True)
        if header != _KEY_HEADER:
            raise ValueError(header)
        key = SigningKey(name, Algorithm.COSIGNATURE_V1, seed)
    except FileNotFoundError:
        raise NotFound(
            f"there is no witness in {path}; make one with: holdfast witness init --data {path}"
        ) from None
    except (OSError, ValueError, binascii.Error, EvidenceInvalid) as error:
        raise Invalid(f"{file} does not hold a witness's key: {error}") from None
    return WitnessFolder(path, key, guard or path / "guard")


def _write_durably(path: Path, text: str, *, mode: int) -> None:
    beside = path.with_name(f"{path.name}.{threading.get_native_id()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
