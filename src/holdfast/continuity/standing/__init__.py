"""Whether this server may be written to, and where the site is when it is not here."""

from .files import (
    Pointer,
    ReadOnlyHere,
    check_writable,
    is_read_only,
    is_unheld,
    keep_notice,
    kept_notice,
    mark_unheld,
    read_pointer,
    unmark_unheld,
)

__all__ = [
    "Pointer", "ReadOnlyHere", "check_writable", "is_read_only", "is_unheld", "keep_notice", "kept_notice", "mark_unheld",
    "read_pointer", "unmark_unheld",
]  # fmt: skip
