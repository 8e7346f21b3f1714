"""The data folder: whose it is, what version wrote it, whether there is room.

DATA/lock        held by whoever acts on the folder (flock), with its pid as text
DATA/layout      version of this arrangement, as text
DATA/holdfast.toml   the operator's settings (optional)
DATA/secrets/    keys, for the owner only
DATA/postgres/   the embedded PostgreSQL's files
DATA/log/        its log
DATA/run/        what runs now; worthless once nothing does
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from pathlib import Path
from types import TracebackType

from holdfast.platform.config import Settings
from holdfast.pure.errors import Conflict

LAYOUT = 1


class DataFolderError(Conflict):
    """The data folder cannot be used as it is; the text says why and what to do."""


class DataFolderInUse(DataFolderError):
    """Another process holds the lock."""


class DataFolder:
    """An opened and locked data folder; a context manager that unlocks it."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    def __enter__(self) -> DataFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)


def has_data(path: Path) -> bool:
    """Whether Holdfast ever ran with this folder."""
    return (path / "layout").is_file()


def open_data_folder(settings: Settings) -> DataFolder:
    """Make the folder if needed, check it and lock it. Raises DataFolderError."""
    path = settings.data
    try:
        path.mkdir(mode=0o711, parents=True, exist_ok=True)
        lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DataFolderError(_unwritable(path, error)) from None
    try:
        _take(lock, path)
        _check_layout(path)
        _check_room(path, settings.min_free_disk_mb)
        for name, mode in (("run", 0o711), ("log", 0o700), ("secrets", 0o700)):
            (path / name).mkdir(mode=mode, exist_ok=True)
    except OSError as error:
        os.close(lock)
        raise DataFolderError(_unwritable(path, error)) from None
    except DataFolderError:
        os.close(lock)
        raise
    return DataFolder(path.resolve(), lock)


def _unwritable(path: Path, error: OSError) -> str:
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"data folder {path}: a file is in the way; choose another folder with --data"
    if error.errno == errno.ENOSPC:
        return f"data folder {path}: the disk is full; free some space"
    return (
        f"data folder {path} cannot be written ({(error.strerror or str(error)).lower()}); "
        "change its owner or choose another folder with --data"
    )


def _take(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 32, 0).decode(errors="replace").strip() or "unknown"
        raise DataFolderInUse(
            f"data folder {path} is in use by another instance (pid {holder}); "
            "stop it or choose another folder with --data"
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def _check_layout(path: Path) -> None:
    file = path / "layout"
    try:
        found = file.read_text().strip()
    except FileNotFoundError:
        staging = file.with_suffix(".new")
        staging.write_text(f"{LAYOUT}\n")
        staging.rename(file)
        return
    if not found.isdecimal():
        raise DataFolderError(f"{file} holds '{found[:20]}' instead of a version; restore it from a backup")
    if int(found) > LAYOUT:
        raise DataFolderError(
            f"data folder {path} was written by a newer Holdfast (layout {found}, this one knows {LAYOUT}); "
            "install that version or a later one"
        )


def _check_room(path: Path, minimum_mb: int) -> None:
    free_mb = shutil.disk_usage(path).free // (1024 * 1024)
    if free_mb < minimum_mb:
        raise DataFolderError(
            f"the disk of data folder {path} is nearly full: {free_mb} MiB free, {minimum_mb} MiB wanted; "
            "free some space or lower HOLDFAST_MIN_FREE_DISK_MB"
        )


def stamps_file(data: Path) -> Path:
    """Where the processes of this machine share their change stamps."""
    return data / "run" / "stamps"


def record_address(data: Path, settings: Settings) -> None:
    """Let commands know under which name the server of this folder runs, whatever options it was started with."""
    staging = data / "run" / "address.new"
    staging.write_text(json.dumps({"domain": settings.domain, "public_url": settings.public_url}))
    staging.rename(data / "run" / "address.json")


def recorded_address(data: Path) -> dict[str, str]:
    """The settings that `record_address` kept; empty when there are none."""
    try:
        kept = json.loads((data / "run" / "address.json").read_text())
        return {"domain": str(kept["domain"]), "public_url": str(kept["public_url"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
