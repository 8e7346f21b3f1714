"""Use case: posts that name somebody meet accounts that came after them."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .model import WaitKind, accounts_source
from .queries import Cursor

_PAGE_SQL = """
with page as materialized (
    select * from imported_waiting where source = $1 and kind = 2 and (target_id, source_id) > ($3, $4)
    order by target_id, source_id limit $5)
select w.target_id, w.source_id, w.post_id, r.account_id
from page w left join imported_rows r on r.source = $2 and r.source_id = w.target_id
order by w.target_id, w.source_id
"""


async def link_mentions(tx: Tx, source: str, after: Cursor, *, limit: int) -> tuple[int, Cursor | None]:
    """Look at the next `limit` mentions that wait; nobody is told. How many were linked, and where to go on (None: all done)."""
    page = await tx.fetch(_PAGE_SQL, source, accounts_source(source), after.target_id, after.source_id, limit)
    if not page:
        return 0, None
    rows = [row for row in page if row["account_id"] is not None]
    if rows:
        await store.add_mentions(tx, [(row["post_id"], row["account_id"]) for row in rows])
        await store.settle_waiting(
            tx, source, WaitKind.MENTION, [(row["target_id"], row["source_id"]) for row in rows]
        )
    for row in rows:
        tx.touch(Kind.POST, row["post_id"])
    return len(rows), Cursor(page[-1]["target_id"], page[-1]["source_id"])
