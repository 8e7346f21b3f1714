"""What a backup is made with, and when the next one is due. Pure, but for types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Final

from ...pure.mirror import Base

SEGMENT_BYTES: Final = 16 * 1024 * 1024
"""Size of a file of write-ahead log; a restore begins at the beginning of one."""

PART_BYTES: Final = 8 * 1024 * 1024
"""Compressed size of a part. Small enough for a slow line within the time-out, large enough that heads do not count."""

PARTS_WANTED: Final = 3072
"""So many parts at most; a larger database gets larger parts, because a descriptor names 4096 at most."""

MAX_DIFFERENCE: Final = 0.5
"""An incremental backup larger than this share of its full one: the next one is a full one."""


class BackupKind(Enum):
    """full: stands alone. incremental: what changed since the newest full one (never since another incremental one, so that a
    restore combines two things at most)."""

    FULL = "full"
    INCREMENTAL = "incremental"


@dataclass(frozen=True, slots=True)
class BackupSource:
    """Where backups come from. programs: the folder of pg_basebackup. dsn: of a role that may replicate.

    version: of the server, empty where it is that of the programs. increments: whether the server has incremental backups (17 and later).
    """

    programs: Path
    dsn: str
    version: str = ""
    increments: bool = True


@dataclass(frozen=True, slots=True)
class BackupLimits:
    """full_every, incremental_every: by the setting. in_flight: parts on their way at once. attempts: for one object at one store.
    max_rate_kb: kilobytes a second that PostgreSQL is asked for at most, 0 for no bound."""

    full_every: timedelta = timedelta(days=7)
    incremental_every: timedelta = timedelta(hours=6)
    in_flight: int = 2
    attempts: int = 2
    max_rate_kb: int = 0
    part_bytes: int = PART_BYTES


def due(bases: Sequence[Base], epoch: int, limits: BackupLimits, now: datetime) -> BackupKind | None:
    """What is to be made now. `bases`: whole ones that enough stores hold; only those of this epoch count."""
    own = [one for one in bases if one.epoch == epoch]
    full = max((one for one in own if one.parent is None), key=_age, default=None)
    if full is None or now - full.started_at >= limits.full_every:
        return BackupKind.FULL
    newest = max(own, key=_age)
    if now - newest.started_at < limits.incremental_every:
        return None
    if newest.parent is not None and newest.size_bytes > full.size_bytes * MAX_DIFFERENCE:
        return BackupKind.FULL
    return BackupKind.INCREMENTAL


def parent_for(bases: Sequence[Base], epoch: int, kept: frozenset[str]) -> Base | None:
    """The full backup that an incremental one builds on: the newest of the epoch, if its manifest (`kept`, by id) is here."""
    full = [one for one in bases if one.epoch == epoch and one.parent is None]
    newest = max(full, key=_age, default=None)
    return newest if newest is not None and newest.backup in kept else None


def part_bytes_for(database_bytes: int, least: int = PART_BYTES) -> int:
    """How large parts are to be so that their number stays within bounds, even if nothing can be compressed."""
    return max(least, -(-database_bytes // PARTS_WANTED))


def _age(base: Base) -> tuple[datetime, str]:
    return base.started_at, base.backup
