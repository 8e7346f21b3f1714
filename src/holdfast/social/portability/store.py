"""Every statement that writes imports of relations."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Row, Tx
from ...pure.relation_files import RelationKind, RelationRow

_ACCOUNT_NOT_IN_FILE = (
    " and not exists (select 1 from relation_import_rows r where r.import_id = $2 and r.problem is null"
    " and r.cells[1] = lower(a.username) || coalesce('@' || a.domain, ''))"
)
# What the member has and the file lacks; $1 member, $2 import, $3 limit.
_NOT_IN_FILE: dict[RelationKind, str] = {
    RelationKind.FOLLOWING: "select a.id from follows f join accounts a on a.id = f.followed_id where f.follower_id = $1"
    + _ACCOUNT_NOT_IN_FILE + " limit $3",
    RelationKind.BLOCKS: "select a.id from blocks b join accounts a on a.id = b.target_id where b.account_id = $1"
    + _ACCOUNT_NOT_IN_FILE + " limit $3",
    RelationKind.MUTES: "select a.id from mutes m join accounts a on a.id = m.target_id where m.account_id = $1"
    + _ACCOUNT_NOT_IN_FILE + " limit $3",
    RelationKind.DOMAIN_BLOCKS: "select d.domain from domain_blocks d where d.account_id = $1 and not exists ("
    " select 1 from relation_import_rows r where r.import_id = $2 and r.problem is null and r.cells[1] = d.domain) limit $3",
    RelationKind.BOOKMARKS: "select b.post_id as id, now() as at from bookmarks b where b.account_id = $1 and not exists ("
    " select 1 from relation_import_rows r where r.import_id = $2 and r.problem is null"
    "  and r.cells[2] = b.post_id::text) limit $3",
    # Of the lists that the file names; others stay.
    RelationKind.LISTS: "select l.id as list_id, a.id from lists l join list_members m on m.list_id = l.id"
    " join accounts a on a.id = m.account_id where l.account_id = $1"
    " and exists (select 1 from relation_import_rows r where r.import_id = $2 and r.cells[1] = l.title)"
    " and not exists (select 1 from relation_import_rows r where r.import_id = $2 and r.problem is null"
    "  and r.cells[1] = l.title and r.cells[2] = lower(a.username) || coalesce('@' || a.domain, '')) limit $3",
}  # fmt: skip


async def has_unfinished_import(tx: Tx, account_id: int) -> bool:
    """Whether an import of the member is still under way; the member's next one waits for this transaction."""
    await tx.execute("select 1 from users where account_id = $1 for update", account_id)
    return bool(
        await tx.fetchval(
            "select exists (select 1 from relation_imports where account_id = $1 and finished_at is null)",
            account_id,
        )
    )


async def insert_import(
    tx: Tx, import_id: int, account_id: int, kind: str, rows: Sequence[RelationRow], *, overwrite: bool, now: Instant
) -> None:  # fmt: skip
    """An import with all its rows; those that cannot be taken are known at once."""
    failed = sum(row.problem is not None for row in rows)
    await tx.execute(
        "insert into relation_imports (id, account_id, kind, overwrite, rows, failed, created_at, finished_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        import_id, account_id, kind, overwrite, len(rows), failed, now, now if failed == len(rows) else None,
    )  # fmt: skip
    await tx.copy(
        "relation_import_rows", ("import_id", "number", "cells", "problem"),
        [(import_id, row.number, list(row.cells), row.problem) for row in rows],
    )  # fmt: skip


async def lock_import(tx: Tx, import_id: int) -> Row | None:
    """An unfinished import."""
    return await tx.fetchrow(
        "select account_id, kind, overwrite, cleared from relation_imports where id = $1 and finished_at is null"
        " for update",
        import_id,
    )


async def not_in_file(
    tx: Tx, kind: RelationKind, account_id: int, import_id: int, *, limit: int
) -> list[Row]:
    """What the member has and the file lacks."""
    return await tx.fetch(_NOT_IN_FILE[kind], account_id, import_id, limit)


async def mark_cleared(tx: Tx, import_id: int) -> None:
    """What the file lacks is gone."""
    await tx.execute("update relation_imports set cleared = true where id = $1", import_id)


async def next_rows(tx: Tx, import_id: int, *, limit: int) -> list[Row]:
    """Rows that are still to be done, in the order of the file."""
    return await tx.fetch(
        "select number, cells from relation_import_rows where import_id = $1 and problem is null"
        " order by number limit $2",
        import_id, limit,
    )  # fmt: skip


async def settle_rows(
    tx: Tx, import_id: int, done: list[int], problems: list[tuple[int, str]], finished_at: Instant | None
) -> None:
    """Forget the rows that worked, say why the others did not."""
    await tx.execute(
        "delete from relation_import_rows where import_id = $1 and number = any($2::int[])", import_id, done
    )
    await tx.execute(
        "update relation_import_rows r set problem = p.problem from unnest($2::int[], $3::text[]) as p (number, problem)"
        " where r.import_id = $1 and r.number = p.number",
        import_id, [number for number, _ in problems], [problem for _, problem in problems],
    )  # fmt: skip
    await tx.execute(
        "update relation_imports set done = done + $2, failed = failed + $3, finished_at = $4 where id = $1",
        import_id, len(done), len(problems), finished_at,
    )  # fmt: skip
