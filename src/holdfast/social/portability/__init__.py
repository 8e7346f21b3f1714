"""Portability: follows, blocks, lists and bookmarks that members carry in and out as CSV files."""

from .begin_import import begin_import
from .errors import FileNotTaken, ImportUnderWay
from .events import RelationImportBegun
from .import_rows import import_rows
from .jobs import import_relations
from .model import FailedRow, RelationImport
from .queries import bookmarked, counts, export_rows, failed_rows, relation_imports

__all__ = [
    "FailedRow", "FileNotTaken", "ImportUnderWay", "RelationImport", "RelationImportBegun", "begin_import", "bookmarked",
    "counts", "export_rows", "failed_rows", "import_relations", "import_rows", "relation_imports",
]  # fmt: skip
