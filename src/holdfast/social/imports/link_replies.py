"""Use case: replies meet parents that came after them."""

from __future__ import annotations

from collections import Counter

from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .model import Finding, WaitKind
from .queries import Cursor

_PAGE_SQL = """
with page as materialized (
    select * from imported_waiting where source = $1 and kind = 0 and (target_id, source_id) > ($2, $3)
    order by target_id, source_id limit $4)
select w.target_id, w.source_id, w.file, w.line, child.id, child.thread_id, child.state, child.account_id,
       parent.id as parent_id, parent.account_id as parent_author_id, parent.thread_id as parent_thread_id
from page w
left join imported_rows r on r.source = w.source and r.source_id = w.target_id
left join posts p on p.id = r.post_id left join posts parent on parent.id = coalesce(p.boost_of_id, p.id)
left join posts child on child.id = w.post_id
order by w.target_id, w.source_id
"""


class _Threads:
    """Which thread each thread has become part of."""

    def __init__(self) -> None:
        self._into: dict[int, int] = {}

    def find(self, thread_id: int) -> int:
        path = []
        while thread_id in self._into:
            path.append(thread_id)
            thread_id = self._into[thread_id]
        for passed in path:
            self._into[passed] = thread_id
        return thread_id

    def join(self, thread_id: int, into: int) -> bool:
        """False when that would close a circle of replies."""
        into = self.find(into)
        if self.find(thread_id) == into:
            return False
        self._into[thread_id] = into
        return True

    def moved(self) -> dict[int, int]:
        return {thread_id: self.find(thread_id) for thread_id in list(self._into)}


async def link_replies(
    tx: Tx, source: str, after: Cursor, *, limit: int
) -> tuple[int, list[Finding], Cursor | None]:
    """Look at the next `limit` replies that wait; how many were linked, what to tell, and where to go on (None: all done).

    A reply that waits is the first post of its thread, so linking it moves its whole thread under its parent's.
    """
    page = await tx.fetch(_PAGE_SQL, source, after.target_id, after.source_id, limit)
    if not page:
        return 0, [], None
    rows = [row for row in page if row["parent_id"] is not None]
    threads = _Threads()
    parents: dict[int, tuple[int, int]] = {}
    replies: Counter[int] = Counter()
    findings = []
    for row in rows:
        child = row["id"]
        if child is None:
            continue
        if not threads.join(row["thread_id"], row["parent_thread_id"]):
            message = f"The reply's parent {row['target_id']} is itself below this reply."
            findings.append(Finding(row["file"], row["line"], "reply_in_a_circle", message, skipped=False))
            continue
        parents[child] = (row["parent_id"], row["parent_author_id"])
        if row["state"] == 0:
            replies[row["parent_id"]] += 1
        for post_id in (child, row["parent_id"]):
            tx.touch(Kind.POST, post_id)
        tx.touch(Kind.AUTHORED, row["account_id"])
    await store.settle_waiting(
        tx, source, WaitKind.REPLY, [(row["target_id"], row["source_id"]) for row in rows]
    )
    if parents:
        await store.set_parents(tx, parents)
        await store.move_threads(tx, threads.moved())
        await store.add_post_counts(tx, {post_id: (count, 0) for post_id, count in replies.items()})
    return len(parents), findings, Cursor(page[-1]["target_id"], page[-1]["source_id"])
