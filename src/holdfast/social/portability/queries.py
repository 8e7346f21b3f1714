"""Reads for exports, and what became of imports."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.db import Reader
from ...pure.relation_files import RelationKind
from .model import PROBLEMS_SHOWN, FailedRow, RelationImport

_EXPORTS: dict[RelationKind, str] = {
    RelationKind.FOLLOWING: "select a.username, a.domain, f.show_boosts, f.notify, f.languages from follows f"
    " join accounts a on a.id = f.followed_id where f.follower_id = $1 and a.state in (0, 4) order by f.id",
    RelationKind.FOLLOWERS: "select a.username, a.domain from follows f join accounts a on a.id = f.follower_id"
    " where f.followed_id = $1 and a.state in (0, 4) order by f.id",
    RelationKind.BLOCKS: "select a.username, a.domain from blocks b join accounts a on a.id = b.target_id"
    " where b.account_id = $1 and a.state in (0, 4) order by b.id",
    RelationKind.MUTES: "select a.username, a.domain, m.hide_notifications from mutes m"
    " join accounts a on a.id = m.target_id where m.account_id = $1 and a.state in (0, 4)"
    " and (m.expires_at is null or m.expires_at > now()) order by m.id",
    RelationKind.DOMAIN_BLOCKS: "select domain from domain_blocks where account_id = $1 order by id",
    RelationKind.LISTS: "select l.title, a.username, a.domain from lists l join list_members m on m.list_id = l.id"
    " join accounts a on a.id = m.account_id where l.account_id = $1 and a.state in (0, 4) order by l.id, m.id",
}


async def export_rows(
    reader: Reader, kind: RelationKind, account_id: int, *, domain: str
) -> list[tuple[str, ...]]:
    """The rows of an export; `domain` of this server completes its addresses. Bookmarks: see `bookmarked`."""
    rows = await reader.fetch(_EXPORTS[kind], account_id)

    def address(name: str, server: str | None) -> str:
        return f"{name}@{server or domain}"

    match kind:
        case RelationKind.DOMAIN_BLOCKS:
            return [(row["domain"],) for row in rows]
        case RelationKind.LISTS:
            return [(row["title"], address(row["username"], row["domain"])) for row in rows]
        case RelationKind.FOLLOWING:
            return [
                (
                    address(row["username"], row["domain"]), _word(row["show_boosts"]), _word(row["notify"]),
                    ", ".join(row["languages"] or ()),
                )
                for row in rows
            ]  # fmt: skip
        case RelationKind.MUTES:
            return [
                (address(row["username"], row["domain"]), _word(row["hide_notifications"])) for row in rows
            ]
    return [(address(row["username"], row["domain"]),) for row in rows]


def _word(value: bool) -> str:
    return "true" if value else "false"


async def bookmarked(reader: Reader, account_id: int) -> list[int]:
    """Posts that a member bookmarked, the first one first; they still go through the gate."""
    rows = await reader.fetch("select post_id from bookmarks where account_id = $1 order by id", account_id)
    return [row[0] for row in rows]


async def counts(reader: Reader, account_id: int) -> dict[RelationKind, int]:
    """How much there is to export."""
    row = await reader.fetchrow(
        "select (select count(*) from follows where follower_id = $1) as following,"
        " (select count(*) from follows where followed_id = $1) as followers,"
        " (select count(*) from blocks where account_id = $1) as blocks,"
        " (select count(*) from mutes where account_id = $1) as mutes,"
        " (select count(*) from domain_blocks where account_id = $1) as domain_blocks,"
        " (select count(*) from lists where account_id = $1) as lists,"
        " (select count(*) from bookmarks where account_id = $1) as bookmarks",
        account_id,
    )
    return {kind: row[kind.value] if row else 0 for kind in RelationKind}


async def relation_imports(reader: Reader, account_id: int, *, limit: int = 10) -> list[RelationImport]:
    """A member's imports, the newest first."""
    rows = await reader.fetch(
        "select id, kind, overwrite, rows, done, failed, created_at, finished_at from relation_imports"
        " where account_id = $1 order by id desc limit $2",
        account_id, limit,
    )  # fmt: skip
    return [RelationImport(**{**dict(row), "kind": RelationKind(row["kind"])}) for row in rows]


async def failed_rows(
    reader: Reader, account_id: int, import_ids: Sequence[int], *, limit: int = PROBLEMS_SHOWN
) -> dict[int, list[FailedRow]]:
    """Lines of the member's imports that failed, by import."""
    rows = await reader.fetch(
        "select r.import_id, r.number, r.cells, r.problem from unnest($2::bigint[]) as wanted (id)"
        " join relation_imports i on i.id = wanted.id and i.account_id = $1"
        " cross join lateral (select * from relation_import_rows where import_id = i.id and problem is not null"
        "  order by number limit $3) r order by r.import_id, r.number",
        account_id, list(import_ids), limit,
    )  # fmt: skip
    found: dict[int, list[FailedRow]] = {}
    for row in rows:
        found.setdefault(row["import_id"], []).append(
            FailedRow(row["number"], tuple(row["cells"]), row["problem"])
        )
    return found
