"""What this machine keeps of its backups, in DATA/mirror/backups: the manifests that incremental ones need, and which one runs.

ID.manifest      PostgreSQL's manifest of a full backup
running          the id of the backup that is being made; it stays when the process is killed, and the next round tidies up
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .errors import BackupRunning

FOLDER: Final = "mirror/backups"
_RUNNING: Final = "running"
_LOCK: Final = "lock"
_SUFFIX: Final = ".manifest"


class KeptBackups:
    """The folder. Made when something is kept."""

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder / FOLDER

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes of this machine from making backups meanwhile. Raises BackupRunning."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise BackupRunning from None
        finally:
            os.close(handle)

    def manifests(self) -> frozenset[str]:
        """Ids of backups whose manifest is here."""
        return frozenset(one.name.removesuffix(_SUFFIX) for one in self._folder.glob(f"*{_SUFFIX}"))

    def manifest_file(self, backup: str) -> Path:
        """Where the manifest of a backup is, or would be."""
        return self._folder / f"{backup}{_SUFFIX}"

    def keep_manifest(self, backup: str, manifest: bytes) -> None:
        """Keep the manifest of a whole backup."""
        self._write(f"{backup}{_SUFFIX}", manifest)

    def forget_manifests(self, but: frozenset[str]) -> None:
        """Forget those of backups that nothing builds on any more."""
        for backup in self.manifests() - but:
            self.manifest_file(backup).unlink(missing_ok=True)

    def running(self) -> str | None:
        """The id of the backup that was begun and not ended."""
        try:
            return (self._folder / _RUNNING).read_text().strip() or None
        except FileNotFoundError:
            return None

    def begin(self, backup: str) -> None:
        """Say which backup is made now, before anything of it is written anywhere."""
        self._write(_RUNNING, backup.encode())

    def end(self) -> None:
        """It is whole, or tidied away."""
        (self._folder / _RUNNING).unlink(missing_ok=True)

    def _write(self, name: str, data: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        staging = self._folder / f"{name}.new"
        handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        staging.rename(self._folder / name)
