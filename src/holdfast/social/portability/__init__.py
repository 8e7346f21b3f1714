"""Portability: what members carry in and out: relations as CSV files, and archives of all that they wrote."""

from .begin_import import begin_import
from .errors import ArchiveNotThere, ArchiveTooSoon, FileNotTaken, ImportUnderWay
from .events import ArchiveImportRequested, ArchiveRequested, RelationImportBegun
from .import_rows import import_rows
from .jobs import import_relations
from .model import Archive, ArchiveImport, FailedRow, RelationImport
from .queries import (
    archive_imports,
    archives,
    bookmarked,
    counts,
    export_rows,
    failed_rows,
    ready_archive,
    relation_imports,
)

__all__ = [
    "Archive", "ArchiveImport", "ArchiveImportRequested", "ArchiveNotThere", "ArchiveRequested", "ArchiveTooSoon",
    "FailedRow", "FileNotTaken", "ImportUnderWay", "RelationImport", "RelationImportBegun", "archive_imports",
    "archives", "begin_import", "bookmarked", "counts", "export_rows", "failed_rows", "import_relations",
    "import_rows", "ready_archive", "relation_imports",
]  # fmt: skip
