"""Reads of removals."""

from __future__ import annotations

from ...platform.db import Reader
from .model import RemovalView, RequestedBy


async def removal_of(reader: Reader, account_id: int) -> RemovalView | None:
    """How far the removal of an account is; None when there is none."""
    row = await reader.fetchrow(
        "select requested_at, requested_by, rows, kept, finished_at, exists (select 1 from held_erasures e"
        "  where e.subject = 'account' and e.subject_id = account_id and e.ran_at is null) as waits"
        " from account_removals where account_id = $1",
        account_id,
    )
    if row is None:
        return None
    return RemovalView(
        row["requested_at"],
        RequestedBy(row["requested_by"]),
        row["rows"],
        row["kept"],
        row["finished_at"],
        row["waits"],
    )
