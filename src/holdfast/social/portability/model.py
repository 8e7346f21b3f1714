"""What members carry in and out."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...pure.relation_files import RelationKind

ROWS_AT_ONCE = 50
"""Rows of an import that one transaction does."""

MAKE_ARCHIVE = "make_archive"
"""The kind of the errands that put all of a member's into one file (main/archive_making.py)."""

IMPORT_ARCHIVE = "import_archive"
"""The kind of the errands that take posts out of an uploaded archive (main/archive_importing.py)."""

PROBLEMS_SHOWN = 100
"""Rows that failed, as a page names them; the file of failures has all."""


class RelationImport(msgspec.Struct, frozen=True):
    """An import with its progress: of `rows`, `done` worked and `failed` did not."""

    id: int
    kind: RelationKind
    overwrite: bool
    rows: int
    done: int
    failed: int
    created_at: Instant
    finished_at: Instant | None


class FailedRow(msgspec.Struct, frozen=True):
    """A line that could not be taken, and why."""

    number: int
    cells: tuple[str, ...]
    problem: str


class Archive(msgspec.Struct, frozen=True):
    """An archive that was asked for."""

    id: int
    requested_at: Instant
    ready_at: Instant | None
    failed_at: Instant | None
    size_bytes: int | None
    posts: int | None
    hash: bytes | None = None


class ArchiveImport(msgspec.Struct, frozen=True):
    """Posts that a member brings along."""

    id: int
    private: bool
    requested_at: Instant
    finished_at: Instant | None
    imported: int
    already: int
    skipped: int
    problem: str | None
