"""Portability: what members carry in and out: relations as CSV files, and archives of all that they wrote."""

from .archive_queries import (
    WaitingImport,
    archive_imports,
    archive_owner,
    archived_posts,
    archives,
    author_name,
    count_posts,
    kept_addresses,
    ready_archive,
    waiting_import,
)
from .begin_import import begin_import
from .errors import ArchiveNotThere, ArchiveTooSoon, FileNotTaken, ImportUnderWay
from .events import RelationImportBegun
from .import_rows import import_rows
from .jobs import import_relations
from .model import (
    IMPORT_ARCHIVE,
    MAKE_ARCHIVE,
    Archive,
    ArchiveImport,
    FailedRow,
    RelationImport,
)
from .queries import bookmarked, counts, export_rows, failed_rows, relation_imports
from .request_archive import request_archive
from .request_import import request_archive_import
from .store import finish_archive_import, forget_archives, set_failed, set_ready

__all__ = [
    "IMPORT_ARCHIVE", "MAKE_ARCHIVE", "Archive", "ArchiveImport", "ArchiveNotThere", "ArchiveTooSoon", "WaitingImport",
    "FailedRow", "FileNotTaken", "ImportUnderWay", "RelationImport", "RelationImportBegun", "archive_imports",
    "archive_owner", "archived_posts", "archives", "author_name", "begin_import", "count_posts", "bookmarked", "counts", "export_rows", "failed_rows", "import_relations",
    "finish_archive_import", "forget_archives", "import_rows", "kept_addresses", "ready_archive", "relation_imports", "request_archive", "request_archive_import", "waiting_import", "set_failed", "set_ready",
]  # fmt: skip
