"""Archives: all that a member wrote in one file, and posts out of the archives of other servers."""

from .errors import ArchiveImportUnderWay, ArchiveNotTaken, ArchiveNotThere, ArchiveTooSoon
from .model import IMPORT_ARCHIVE, MAKE_ARCHIVE, Archive, ArchiveImport, WaitingImport
from .queries import (
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
from .request_archive import request_archive
from .request_import import request_archive_import
from .store import finish_archive_import, forget_archives, set_ready

__all__ = [
    "IMPORT_ARCHIVE", "MAKE_ARCHIVE", "Archive", "ArchiveImport", "ArchiveImportUnderWay", "ArchiveNotTaken",
    "ArchiveNotThere", "ArchiveTooSoon", "WaitingImport", "archive_imports", "archive_owner", "archived_posts", "archives",
    "author_name", "count_posts", "finish_archive_import", "forget_archives", "kept_addresses", "ready_archive",
    "request_archive", "request_archive_import", "set_ready", "waiting_import",
]  # fmt: skip
