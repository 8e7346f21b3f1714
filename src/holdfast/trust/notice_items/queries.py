"""Reads of items. For the staff alone: callers check that the notice may be seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...platform.db import Reader, Row
from ...pure.notices import ItemOutcome
from .model import Found, NoticeItem, Target

_COLUMNS = """
select i.notice_id, i.n, i.as_given, i.url, i.marks, i.alleged, i.found, i.subject_id, i.account_id, i.resolved_by,
       i.resolved_at, i.snapshot_sha256, i.record_id, i.duplicate_of, i.before_notice_id, i.before_n, i.case_id, i.decision_id,
       i.outcome, i.reason, i.settled_by, i.settled_at, i.first_seen_at, i.actioned_at
from notice_items i
"""
_PAGE_SQL = f"{_COLUMNS} where i.notice_id = $1 and i.n > $2 order by i.n limit $3"
_OPEN_PAGE_SQL = f"{_COLUMNS} where i.notice_id = $1 and i.n > $2 and i.outcome is null order by i.n limit $3"
_SOME_SQL = f"{_COLUMNS} where i.notice_id = $1 and i.n = any($2::int[]) order by i.n"
# What a case is about is settled by its decision wherever it is cited, by whichever notice.
_OF_CASE_SQL = f"""{_COLUMNS}
where i.outcome is null and i.duplicate_of is null and (i.case_id = $1 or exists (
  select 1 from case_members m where m.case_id = $1 and m.subject_kind = i.found and m.subject_key = i.subject_id::text))
order by i.notice_id, i.n
"""
_OF_MEMBERS_SQL = f"""{_COLUMNS}
join unnest($1::text[], $2::bigint[]) as s (kind, id) on i.found = s.kind and i.subject_id = s.id
where i.outcome is null and i.duplicate_of is null order by i.notice_id, i.n
"""
_OF_DECISIONS_SQL = f"{_COLUMNS} where i.decision_id = any($1::bigint[]) order by i.notice_id, i.n"
_WITHOUT_CASE_SQL = f"""{_COLUMNS}
where i.notice_id = $1 and i.outcome is null and i.case_id is null and i.duplicate_of is null
  and i.found in ('post', 'account', 'media') order by i.n limit $2
"""
_BEFORE_SQL = """
select s.kind, s.id, b.notice_id, b.n from unnest($1::text[], $2::bigint[]) as s (kind, id)
cross join lateral (
  select i.notice_id, i.n from notice_items i join notices x on x.id = i.notice_id
  where i.found = s.kind and i.subject_id = s.id and ($3 or not x.sealed) order by i.notice_id desc, i.n limit 1) b
"""
_ALL = 1 << 30


async def items_of(
    reader: Reader, notice_id: int, *, after: int = 0, limit: int | None = None, open_only: bool = False
) -> list[NoticeItem]:
    """In order, from number `after` on."""
    sql = _OPEN_PAGE_SQL if open_only else _PAGE_SQL
    return [_item(row) for row in await reader.fetch(sql, notice_id, after, limit or _ALL)]


async def some_items(reader: Reader, notice_id: int, numbers: Collection[int]) -> list[NoticeItem]:
    """Those of these numbers that exist."""
    return [_item(row) for row in await reader.fetch(_SOME_SQL, notice_id, sorted(numbers))]


async def outcomes_of(reader: Reader, notice_id: int) -> dict[int, ItemOutcome | None]:
    """The outcome of each."""
    rows = await reader.fetch(
        "select n, outcome from notice_items where notice_id = $1 order by n", notice_id
    )
    return {row[0]: None if row[1] is None else ItemOutcome(row[1]) for row in rows}


async def open_items_of_case(reader: Reader, case_id: int) -> list[NoticeItem]:
    """Items without an outcome that a case is about, in whichever notice."""
    return [_item(row) for row in await reader.fetch(_OF_CASE_SQL, case_id)]


async def open_items_about(reader: Reader, subjects: Sequence[tuple[Found, int]]) -> list[NoticeItem]:
    """Items without an outcome about these posts and accounts."""
    kinds, ids = [one[0].value for one in subjects], [one[1] for one in subjects]
    return [_item(row) for row in await reader.fetch(_OF_MEMBERS_SQL, kinds, ids)]


async def items_of_decisions(reader: Reader, decision_ids: Sequence[int]) -> list[NoticeItem]:
    """Items that these decisions settled."""
    return [_item(row) for row in await reader.fetch(_OF_DECISIONS_SQL, list(decision_ids))]


async def items_without_case(reader: Reader, notice_id: int, *, limit: int) -> list[NoticeItem]:
    """Items that nobody has a case about yet; those that repeat another one have its case."""
    return [_item(row) for row in await reader.fetch(_WITHOUT_CASE_SQL, notice_id, limit)]


async def cited_before(
    reader: Reader, targets: Sequence[Target], *, sealed: bool
) -> dict[tuple[Found, int], tuple[int, int]]:
    """The newest notice, and item there, that cites each. `sealed`: sealed ones count too."""
    keys = sorted({one.key for one in targets if one.key is not None})
    if not keys:
        return {}
    rows = await reader.fetch(_BEFORE_SQL, [one[0].value for one in keys], [one[1] for one in keys], sealed)
    return {(Found(row["kind"]), row["id"]): (row["notice_id"], row["n"]) for row in rows}


async def post_of_media(reader: Reader, media_ids: Sequence[int]) -> dict[int, int | None]:
    """The post that each file is in."""
    rows = await reader.fetch("select id, post_id from media where id = any($1::bigint[])", list(media_ids))
    return {row[0]: row[1] for row in rows}


def _item(row: Row) -> NoticeItem:
    values = dict(row)
    values["found"], values["marks"] = Found(row["found"]), list(row["marks"])
    values["outcome"] = None if row["outcome"] is None else ItemOutcome(row["outcome"])
    return NoticeItem(**values)
