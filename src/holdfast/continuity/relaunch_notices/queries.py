"""Reads of relaunch notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...platform.db import Reader
from ...pure.evidence import VerifierKey
from ...pure.relaunch_notices import RelaunchNotice, read_notice


class HeldNotice(NamedTuple):
    """A notice and its file."""

    notice: RelaunchNotice
    document: bytes


async def newest_notice(reader: Reader, keys: Sequence[VerifierKey]) -> HeldNotice | None:
    """The newest notice that was issued here. Raises NoticeInvalid where none of the keys signed it."""
    document = await reader.fetchval("select document from relaunch_notices order by sequence desc limit 1")
    return None if document is None else HeldNotice(read_notice(document, keys), document)


async def newest_document(reader: Reader) -> bytes | None:
    """The file alone, to be served."""
    found: bytes | None = await reader.fetchval(
        "select document from relaunch_notices order by sequence desc limit 1"
    )
    return found
