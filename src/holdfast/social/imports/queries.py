"""What is here already of what a batch names. Reads without a viewer: nothing of it is shown to anybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from ...platform.db import Reader
from ...pure.imports import ImportedPost
from .model import Author, Finding, Incoming, WaitKind, accounts_source

_row_decoder = msgspec.json.Decoder(ImportedPost)


class Placed(NamedTuple):
    """A post that rows point at. For a boost: the boosted post."""

    post_id: int
    account_id: int
    thread_id: int
    visibility: int
    username: str


class Cursor(NamedTuple):
    """Where to go on in `imported_waiting`."""

    target_id: str = ""
    source_id: str = ""


async def known_rows(reader: Reader, source: str, source_ids: Iterable[str]) -> set[str]:
    """Those of these rows that were imported."""
    rows = await reader.fetch(
        "select source_id from imported_rows where source = $1 and source_id = any($2::text[])",
        source, list(source_ids),
    )  # fmt: skip
    return {row[0] for row in rows}


async def placed_posts(reader: Reader, source: str, source_ids: list[str]) -> dict[str, Placed]:
    """The posts that these rows became, by the rows' ids; locked against deletion until the transaction ends."""
    if not source_ids:
        return {}
    rows = await reader.fetch(
        "select r.source_id, t.id, t.account_id, t.thread_id, t.visibility, a.username"
        " from imported_rows r join posts p on p.id = r.post_id join posts t on t.id = coalesce(p.boost_of_id, p.id)"
        " join accounts a on a.id = t.account_id"
        " where r.source = $1 and r.source_id = any($2::text[]) order by t.id for key share of t",
        source, source_ids,
    )  # fmt: skip
    return {row[0]: Placed(*tuple(row)[1:]) for row in rows}


async def known_authors(reader: Reader, source: str, keys: list[str]) -> dict[str, Author]:
    """The accounts that were made for these keys."""
    rows = await reader.fetch(
        "select r.source_id, r.account_id, coalesce(a.username, ''), coalesce(a.locked and a.state = 4, false),"
        " coalesce(a.state in (3, 5), true) from imported_rows r left join accounts a on a.id = r.account_id"
        " where r.source = $1 and r.source_id = any($2::text[])",
        accounts_source(source), keys,
    )  # fmt: skip
    return {row[0]: Author(*tuple(row)[1:]) for row in rows}


async def names_taken(reader: Reader, names: list[str]) -> set[str]:
    """Those of these local names (lower case) that an account has, in whatever state."""
    rows = await reader.fetch(
        "select lower(username) from accounts where lower(username) = any($1::text[]) and coalesce(domain, '') = ''",
        names,
    )
    return {row[0] for row in rows}


async def ids_taken(reader: Reader, ids: list[int]) -> set[int]:
    """Those of these ids that a post has."""
    return {row[0] for row in await reader.fetch("select id from posts where id = any($1::bigint[])", ids)}


async def boosts_made(reader: Reader, pairs: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The boosts that exist of these (post, account) pairs."""
    if not pairs:
        return {}
    rows = await reader.fetch(
        "select p.boost_of_id, p.account_id, p.id from unnest($1::bigint[], $2::bigint[]) as w (post_id, account_id)"
        " join posts p on p.boost_of_id = w.post_id and p.account_id = w.account_id",
        [post_id for post_id, _ in pairs], [account_id for _, account_id in pairs],
    )  # fmt: skip
    return {(row[0], row[1]): row[2] for row in rows}


async def ready_boosts(
    reader: Reader, source: str, after: Cursor, *, limit: int
) -> tuple[list[Incoming], Cursor | None]:
    """Of the next `limit` boosts that wait, those whose post has come; and where to go on, None at the end."""
    rows = await reader.fetch(
        "with page as materialized (select * from imported_waiting"
        "  where source = $1 and kind = $2 and (target_id, source_id) > ($3, $4) order by target_id, source_id limit $5)"
        " select w.target_id, w.source_id, w.file, w.line, case when p.id is not null then w.row end as row from page w"
        " left join imported_rows r on r.source = w.source and r.source_id = w.target_id"
        " left join posts p on p.id = r.post_id order by w.target_id, w.source_id",
        source, WaitKind.BOOST.value, after.target_id, after.source_id, limit,
    )  # fmt: skip
    if not rows:
        return [], None
    found = [
        Incoming(_row_decoder.decode(row["row"]), row["file"], row["line"])
        for row in rows
        if row["row"] is not None
    ]
    return found, Cursor(rows[-1]["target_id"], rows[-1]["source_id"])


async def still_waiting(
    reader: Reader, source: str, kind: WaitKind, after: Cursor, *, limit: int
) -> tuple[list[Finding], Cursor | None]:
    """Rows whose parent or boosted post is in no file so far, and where to go on; None at the end."""
    rows = await reader.fetch(
        "select target_id, source_id, file, line from imported_waiting where source = $1 and kind = $2"
        " and (target_id, source_id) > ($3, $4) order by target_id, source_id limit $5",
        source, kind.value, after.target_id, after.source_id, limit,
    )  # fmt: skip
    if not rows:
        return [], None
    if kind is WaitKind.REPLY:
        reason, what = (
            "parent_missing",
            "The reply was imported without its parent {}, which no file so far holds.",
        )
    else:
        reason, what = "boosted_post_missing", "The boost waits for the post {}, which no file so far holds."
    findings = [
        Finding(row["file"], row["line"], reason, what.format(row["target_id"]), kind is WaitKind.BOOST)
        for row in rows
    ]
    return findings, Cursor(rows[-1]["target_id"], rows[-1]["source_id"])


async def unindexed_posts(
    reader: Reader, source: str, after: int, *, limit: int
) -> tuple[list[int], int | None]:
    """Of the next `limit` imported posts above `after`, those that search should know and does not; and where to go
    on, None at the end. Boosts have no words of their own, held posts are not to be found."""
    rows = await reader.fetch(
        "with page as materialized (select post_id from imported_rows"
        "  where source = $1 and post_id > $2 order by post_id limit $3)"
        " select page.post_id, p.id is not null and s.post_id is null as wanted from page"
        " left join posts p on p.id = page.post_id and p.boost_of_id is null and p.state = 0"
        " left join post_search s on s.post_id = page.post_id order by page.post_id",
        source, after, limit,
    )  # fmt: skip
    return [row[0] for row in rows if row[1]], rows[-1][0] if rows else None
