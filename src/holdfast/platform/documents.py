"""Texts that the operator keeps as files: a policy, the terms."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from .clock import Instant

DOCUMENT_MAX_BYTES = 1 << 20


class Document(msgspec.Struct, frozen=True):
    """A text and when its file was last changed."""

    text: str
    updated_at: Instant


def read_document(path: Path) -> Document | None:
    """The file's text, or None when there is no such file. Beyond `DOCUMENT_MAX_BYTES` it is cut off."""
    try:
        with path.open("rb") as file:
            content = file.read(DOCUMENT_MAX_BYTES)
        changed = path.stat().st_mtime
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError):
        return None
    return Document(content.decode("utf-8", "replace"), datetime.fromtimestamp(changed, UTC))


def first_change_time(*paths: Path) -> Instant | None:
    """When the first of these that exists was last changed."""
    for path in paths:
        try:
            return datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError:
            continue
    return None
