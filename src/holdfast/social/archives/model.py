"""Archives that members ask for, and those that they bring."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant

MAKE_ARCHIVE = "make_archive"
"""The kind of the errands that put all of a member's into one file (main/archive_making.py)."""

IMPORT_ARCHIVE = "import_archive"
"""The kind of the errands that take posts out of an uploaded archive (main/archive_importing.py)."""


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


class WaitingImport(msgspec.Struct, frozen=True):
    """An archive whose posts are to be imported: whose, the name, the file."""

    account_id: int
    username: str
    hash: bytes
    private: bool
