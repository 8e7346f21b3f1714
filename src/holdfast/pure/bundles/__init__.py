"""Evidence bundles as files: a BagIt 1.0 bag in a ZIP of one form (ADR 0037).

    container    the ZIP: one byte string for one set of files, and a reader that takes nothing else
    bags         RFC 8493 manifests, strict
    layout       where in a bundle things are

No I/O here: bytes in, bytes out. `holdfast verify` and what builds bundles share it.
"""

from .bags import (
    BAG_DECLARATION,
    BagRejected,
    check_bag,
    encode_bag_info,
    encode_manifest,
    parse_bag_info,
    parse_manifest,
)
from .container import (
    MAX_ARCHIVE_BYTES,
    MAX_FILES,
    ArchiveEntry,
    ArchiveRejected,
    end_of_archive,
    entry_header,
    read_archive,
)
from .layout import (
    LEDGER,
    OPENINGS,
    REDACTIONS,
    TIME_STAMPS,
    Unopened,
    encode_csv,
    encode_unopened,
    ledger_folders,
    parse_unopened,
)

__all__ = [
    "BAG_DECLARATION", "LEDGER", "MAX_ARCHIVE_BYTES", "MAX_FILES", "OPENINGS", "REDACTIONS", "TIME_STAMPS", "ArchiveEntry",
    "ArchiveRejected", "BagRejected", "Unopened", "check_bag", "encode_bag_info", "encode_csv", "encode_manifest",
    "encode_unopened", "end_of_archive", "entry_header", "ledger_folders", "parse_bag_info", "parse_manifest",
    "parse_unopened", "read_archive",
]  # fmt: skip
