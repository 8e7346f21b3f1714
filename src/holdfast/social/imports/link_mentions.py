"""Use case: posts that name somebody meet accounts that came after them."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .model import WaitKind, accounts_source
from .queries import Cursor

_READY_SQL = """
select w.target_id, w.source_id, w.post_id, r.account_id
from imported_waiting w
join imported_rows r on r.source = $2 and r.source_id = w.target_id
where w.source = $1 and w.kind = 2 and (w.target_id, w.source_id) > ($3, $4)
order by w.target_id, w.source_id limit $5
"""


async def link_mentions(tx: Tx, source: str, after: Cursor, *, limit: int) -> tuple[int, Cursor | None]:
    """Link up to `limit` mentions, without telling anybody; how many, and where to go on (None: all done)."""
    rows = await tx.fetch(
        _READY_SQL, source, accounts_source(source), after.target_id, after.source_id, limit
    )
    if not rows:
        return 0, None
    await store.add_mentions(tx, [(row["post_id"], row["account_id"]) for row in rows])
    await store.settle_waiting(
        tx, source, WaitKind.MENTION, [(row["target_id"], row["source_id"]) for row in rows]
    )
    for row in rows:
        tx.touch(Kind.POST, row["post_id"])
    return len(rows), Cursor(rows[-1]["target_id"], rows[-1]["source_id"])
