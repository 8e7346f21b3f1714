"""Make one backup: PostgreSQL's tar stream, compressed, sealed, in parts at every store, and a signed descriptor last."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote, urlsplit, urlunsplit

from ...platform.clock import Clock
from ...platform.crypto import random_bytes
from ...platform.processes import death_request, wait_exit
from ...platform.stores import Store
from ...pure.mirror import Base, Part, encode_base
from ..mirror import MirrorSetup
from .cutting import BackupFacts, PartCutter, SealedPart, read_manifest
from .errors import NotEnoughStores, SourceFailed
from .kept import KeptBackups
from .model import SEGMENT_BYTES, BackupLimits, BackupSource
from .spread import Spread

_END_SECONDS: Final = 5.0
_NO_SUMMARIES: Final = (
    "WAL summar",
    "summarize_wal",
    "not present in the previous backup",
    "older than",
    "support incremental",
)

Progress = Callable[[int], None]
"""Told the bytes kept so far."""


def silent_progress(size_bytes: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was made. stores: who holds all of it. failed: who does not, and what it said."""

    base: Base
    stores: tuple[str, ...]
    failed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BackupWork:
    """All that backups are made with. stores: by name, as `open_stores` gives them."""

    setup: MirrorSetup
    stores: Mapping[str, Store]
    source: BackupSource
    kept: KeptBackups
    clock: Clock
    limits: BackupLimits = field(default_factory=BackupLimits)


async def take_backup(
    work: BackupWork, *, parent: Base | None = None, progress: Progress = silent_progress
) -> Taken:
    """A full backup, or what changed since `parent`. Counts once as many stores as the setup's quorum hold all of it.

    Raises BackupFailed; what was written then is left for `tidy` (the next round, or this process after it was killed).
    """
    setup, kept, limits = work.setup, work.kept, work.limits
    began = work.clock.now().replace(microsecond=0)
    backup = _draw_id(began)
    kept.begin(backup)
    spread = Spread(work.stores, limits.attempts)
    manifest = None if parent is None else kept.manifest_file(parent.backup)
    with _Basebackup(work.source, manifest, limits) as running:
        cutter = PartCutter(running.stream, setup.recipients, limits.part_bytes)
        parts = await _ship(work, cutter, spread, f"base/{setup.epoch:010d}/{backup}", progress)
        await running.check()
    base = _describe(
        setup, read_manifest(cutter.watch.manifest), parts,
        backup=backup, parent=parent, between=(began, work.clock.now().replace(microsecond=0)), version=await _version(work.source),
    )  # fmt: skip
    await spread.put(base.name, encode_base(base, setup.signer))
    if len(spread.whole) < setup.quorum:
        raise NotEnoughStores(private=str(spread.failed))
    if parent is None:
        kept.keep_manifest(backup, cutter.watch.manifest)
    kept.end()
    return Taken(base, spread.whole, dict(spread.failed))


async def _ship(
    work: BackupWork, cutter: PartCutter, spread: Spread, folder: str, progress: Progress
) -> list[Part]:
    """All parts, a few on their way at once: reading, compressing and sealing go on meanwhile."""
    parts: list[Part] = []
    room = asyncio.Semaphore(work.limits.in_flight)
    done = 0

    async def send(name: str, sealed: SealedPart) -> None:
        nonlocal done
        try:
            await spread.put(name, sealed.data)
        finally:
            room.release()
        done += sealed.part.size_bytes
        progress(done)

    async with asyncio.TaskGroup() as sending:
        while True:
            await room.acquire()
            if len(spread.whole) < work.setup.quorum:
                break
            sealed = await asyncio.to_thread(cutter.next_part)
            if sealed is None:
                break
            sending.create_task(send(f"{folder}/part-{len(parts):05d}", sealed))
            parts.append(sealed.part)
    if len(spread.whole) < work.setup.quorum:
        raise NotEnoughStores(private=str(spread.failed))
    return parts


def _describe(
    setup: MirrorSetup,
    facts: BackupFacts,
    parts: list[Part],
    *,
    backup: str,
    parent: Base | None,
    between: tuple[datetime, datetime],
    version: str,
) -> Base:
    if facts.site and facts.site != setup.site_id:
        raise SourceFailed(
            "This database is another one than the mirror was made for; see `holdfast mirror status`."
        )
    # Recovery reads whole files of log: it needs the file that the backup begins in from its first byte.
    start = facts.start_lsn // SEGMENT_BYTES * SEGMENT_BYTES
    return Base(
        setup.site_id, setup.epoch, facts.timeline, backup, parent.backup if parent else None, start, facts.end_lsn,
        version, between[0], max(between), tuple(parts),
    )  # fmt: skip


def _draw_id(at: datetime) -> str:
    return f"{at:%Y%m%dt%H%M%S}{random_bytes(4).hex()}"


async def _version(source: BackupSource) -> str:
    if source.version:
        return source.version

    def ask() -> str:
        command = [str(source.programs / "pg_basebackup"), "--version"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    return (await asyncio.to_thread(ask)).strip().rpartition(" ")[2] or "unknown"


class _Basebackup:
    """pg_basebackup, writing a tar of everything but the log to `stream`. Ends with this context, and with this process."""

    def __init__(self, source: BackupSource, parent_manifest: Path | None, limits: BackupLimits) -> None:
        self._source = source
        self._manifest = parent_manifest
        self._limits = limits
        self._complaints: list[str] = []

    def __enter__(self) -> _Basebackup:
        dsn, password = _without_password(self._source.dsn)
        command = [
            str(self._source.programs / "pg_basebackup"), "-D", "-", "-Ft", "-X", "none", "-c", "fast", "--no-sync",
            "--no-password", "-d", dsn,
        ]  # fmt: skip
        if self._manifest is not None:
            command += ["-i", str(self._manifest)]
        if self._limits.max_rate_kb:
            command += ["-r", str(self._limits.max_rate_kb)]
        environment = {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": password} if password else {})}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            process_group=0,
            # One system call on a library that is loaded already, so threads cannot harm it.
            preexec_fn=death_request(signal.SIGKILL),  # noqa: PLW1509
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()

    @property
    def stream(self) -> IO[bytes]:
        """The tar."""
        if self._process.stdout is None:
            raise SourceFailed(private="no pipe")
        return self._process.stdout

    async def check(self) -> None:
        """Raises SourceFailed unless it ended well."""
        status = await wait_exit(self._process, _END_SECONDS)
        pipe = self._process.stderr
        said = (
            (await asyncio.to_thread(pipe.read)).decode(errors="replace")
            if status is not None and pipe
            else ""
        )
        if status != 0:
            lines = [line for line in said.splitlines() if "error" in line.lower()] or said.splitlines()[-1:]
            text = lines[-1].removeprefix("pg_basebackup: ").strip() if lines else "pg_basebackup ended early"
            raise SourceFailed(f"PostgreSQL gave no backup: {text}", private=said)


def is_for_full(error: SourceFailed) -> bool:
    """Whether an incremental backup failed because PostgreSQL does not know any more what changed: then a full one helps."""
    return any(mark in error.public or mark in error.private for mark in _NO_SUMMARIES)


def _without_password(dsn: str) -> tuple[str, str]:
    """The address without its password, which must not stand in the list of processes, and the password."""
    parts = urlsplit(dsn)
    if not parts.password:
        return dsn, ""
    user = parts.netloc.rpartition("@")[0].partition(":")[0]
    netloc = f"{user}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=netloc)), unquote(parts.password)
