"""What is held."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.db import Reader
from .model import Subject


async def held(reader: Reader, subject: Subject, ids: Sequence[int]) -> frozenset[int]:
    """Those of these ids that a legal hold keeps. What is held is hidden like everything deleted, and stays."""
    rows = await reader.fetch(
        "select subject_id from legal_holds where subject = $1 and subject_id = any($2::bigint[])",
        subject.value, list(ids),
    )  # fmt: skip
    return frozenset(row[0] for row in rows)
