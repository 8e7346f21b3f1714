"""From backups and chunks to a cluster that PostgreSQL can replay: combined files, log in place, the history of its timelines."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

import zstandard

from ...platform import sealing
from ...platform.postgres import EmbeddedPostgres
from ...platform.processes import death_request, wait_exit
from ...pure.mirror import Base, Epoch, ReplayStep, RestorePlan, format_lsn
from ..backups import SEGMENT_BYTES
from .errors import NoRoom, StepFailed, StepTooSlow, WrongPrograms
from .fetch import chunk_file
from .model import COMBINE_SECONDS

_PER_ID: Final = 0x100000000 // SEGMENT_BYTES


def check_version(bases: Sequence[Base], programs_version: int) -> None:
    """Before anything is fetched: files of PostgreSQL are read by programs of the same major version alone. Raises WrongPrograms."""
    for base in bases:
        made_by = base.postgres.partition(".")[0]
        if made_by.isdecimal() and int(made_by) != programs_version:
            raise WrongPrograms(
                f"The backups are of PostgreSQL {made_by}, and the programs here are of PostgreSQL {programs_version}, which cannot read "
                f"them. Install PostgreSQL {made_by} (Debian: apt install postgresql-{made_by}) and repeat with "
                f"HOLDFAST_POSTGRES_BIN set to the folder of its programs (/usr/lib/postgresql/{made_by}/bin)."
            )


async def combine(server: EmbeddedPostgres, parts: Sequence[Path], target: Path) -> None:
    """A full backup and those that build on it become one cluster at `target`. Raises StepFailed, StepTooSlow.

    Files are linked where they did not change, so that this takes little time and no room.
    """
    if len(parts) == 1:
        parts[0].rename(target)
        return
    shutil.rmtree(target, ignore_errors=True)
    account = server.cluster.account
    if account.drop:
        # It makes the target beside them, and may not write where we do.
        os.mkdir(target, mode=0o700)
        os.chown(target, account.uid, account.gid)
    command = [
        str(server.programs / "pg_combinebackup"), "--no-sync", "--link", "-o", _seen_from(parts[0].parent, target), *(one.name for one in parts),
    ]  # fmt: skip
    process = subprocess.Popen(  # noqa: ASYNC220 nothing else runs in this process meanwhile
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0,
        # One system call on a library that is loaded already, so threads cannot harm it.
        preexec_fn=death_request(signal.SIGKILL),  # noqa: PLW1509
        **server.cluster.launch_options(parts[0].parent),
    )  # fmt: skip
    try:
        status = await wait_exit(process, COMBINE_SECONDS)
        said = process.stdout.read().decode(errors="replace") if status and process.stdout else ""
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if status is None:
        raise StepTooSlow(f"Combining the backups took more than {COMBINE_SECONDS:.0f} seconds; repeat.")
    if status != 0:
        raise StepFailed(
            f"The backups cannot be combined: {(said.strip().splitlines() or ['no reason'])[-1]}"
        )
    for one in parts:
        shutil.rmtree(one, ignore_errors=True)


def _seen_from(folder: Path, target: Path) -> str:
    """The account of PostgreSQL may not be able to walk down to the folder, so it is told where to go from where it stands."""
    return os.path.relpath(target, folder)


def place_log(
    plan: RestorePlan,
    epochs: Sequence[Epoch],
    chunks: Path,
    identity: str,
    cluster: Path,
    *,
    owner: tuple[int, int] | None,
    progress: Callable[[int], None],
) -> None:
    """Write the log of the plan into the cluster's pg_wal, file by file, each under its timeline. Blocks. Raises NoRoom."""
    wal = cluster / "pg_wal"
    shutil.rmtree(wal, ignore_errors=True)
    try:
        wal.mkdir(mode=0o700)
        (wal / "archive_status").mkdir(mode=0o700)
        (wal / "summaries").mkdir(mode=0o700)
        for timeline, text in _histories(epochs).items():
            (wal / f"{timeline:08X}.history").write_text(text)
        writer = _LogWriter(wal)
        try:
            for step in plan.steps:
                writer.write(_timeline_of(step), step.from_lsn, _plain(step, chunks, identity))
                progress(step.until_lsn - step.from_lsn)
        finally:
            writer.close()
        (cluster / "recovery.signal").touch(mode=0o600)
        if owner is not None:
            for path in (cluster / "recovery.signal", wal, *wal.rglob("*")):
                os.chown(path, *owner)
    except OSError as error:
        raise NoRoom(private=str(error)) from None


def append_log(cluster: Path, timeline: int, lsn: int, data: bytes, *, owner: tuple[int, int] | None) -> None:
    """Write log that goes on where a standby is, into its pg_wal. Blocks. Raises NoRoom."""
    try:
        while data:
            inside = lsn % SEGMENT_BYTES
            taken = data[: SEGMENT_BYTES - inside]
            path = cluster / "pg_wal" / segment_name(timeline, lsn)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(handle, "r+b") as file:
                if os.fstat(file.fileno()).st_size < SEGMENT_BYTES:
                    file.truncate(SEGMENT_BYTES)
                    if owner is not None:
                        os.fchown(file.fileno(), *owner)
                file.seek(inside)
                file.write(taken)
            lsn += len(taken)
            data = data[len(taken) :]
    except OSError as error:
        raise NoRoom(private=str(error)) from None


def segment_name(timeline: int, lsn: int) -> str:
    """The file of the log that holds this position."""
    number = lsn // SEGMENT_BYTES
    return f"{timeline:08X}{number // _PER_ID:08X}{number % _PER_ID:08X}"


def _plain(step: ReplayStep, chunks: Path, identity: str) -> bytes:
    """The bytes of log of a step."""
    signed = step.held.signed
    data = chunk_file(chunks, signed).read_bytes()
    sealed = data[signed.head.body_offset :]
    log = zstandard.ZstdDecompressor().decompressobj().decompress(sealing.unseal(sealed, identity))
    begin = signed.chunk.start_lsn
    return log[step.from_lsn - begin : step.until_lsn - begin]


def _timeline_of(step: ReplayStep) -> int:
    return step.held.signed.chunk.timeline


def _histories(epochs: Sequence[Epoch]) -> dict[int, str]:
    """PostgreSQL's history file of each timeline: where it left which. Also of those that were taken back, so that none of their
    numbers is used again. A later epoch that starts earlier replaces what lies between."""
    texts: dict[int, str] = {}
    line: list[tuple[int, int]] = []
    for epoch in epochs:
        start = epoch.start
        if start is None:
            continue
        kept = [(timeline, begin) for timeline, begin in line if begin < start.start_lsn]
        if kept and start.timeline != kept[-1][0]:
            ends = [begin for _, begin in kept[1:]] + [start.start_lsn]
            texts[start.timeline] = "".join(
                f"{timeline}\t{format_lsn(end)}\tepoch {epoch.claim.number}\n"
                for (timeline, _), end in zip(kept, ends, strict=True)
            )
        line = [*kept, (start.timeline, start.start_lsn)]
    return texts


class _LogWriter:
    """Files of log, of 16 MiB each, from stretches that follow each other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._name = ""
        self._timeline = 0

    def write(self, timeline: int, lsn: int, data: bytes) -> None:
        """Bytes of the log that begin at `lsn`."""
        while data:
            inside = lsn % SEGMENT_BYTES
            self._turn_to(timeline, lsn, inside)
            taken = data[: SEGMENT_BYTES - inside]
            if self._file is not None:
                self._file.seek(inside)
                self._file.write(taken)
            lsn += len(taken)
            data = data[len(taken) :]

    def close(self) -> None:
        """The last file is whole."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _turn_to(self, timeline: int, lsn: int, inside: int) -> None:
        name = segment_name(timeline, lsn)
        if name == self._name:
            return
        self.close()
        earlier = self._folder / segment_name(self._timeline, lsn)
        self._file = (self._folder / name).open("w+b")
        self._file.truncate(SEGMENT_BYTES)
        if inside and self._timeline and timeline != self._timeline and earlier.exists():
            # A new timeline's first file begins with what the old one had in it up to there.
            self._file.write(earlier.read_bytes()[:inside])
        self._name, self._timeline = name, timeline
