"""What members carry in and out."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...pure.relation_files import RelationKind

ROWS_AT_ONCE = 50
"""Rows of an import that one transaction does."""

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
