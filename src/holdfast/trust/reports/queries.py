"""Reads of reports, for staff alone; and what a reporter may know of one's own."""

from __future__ import annotations

from ...platform.db import Reader, Row
from ...pure.window import Window
from .errors import ReportNotThere
from .model import Category, Channel, Report, ReportFilter

_COLUMNS = """
select r.id, r.account_id, r.target_id, r.category, r.comment, r.rule_ids, r.forward, r.assigned_id, r.resolved_at,
       r.resolved_by, r.created_at, r.updated_at, r.source, r.record_id,
       array(select post_id from report_posts p where p.report_id = r.id order by post_id) as post_ids
from reports r
"""
_PAGE_SQL = f"""{_COLUMNS}
where r.id < $1 and r.id > $2 and ($5::boolean is null or (r.resolved_at is not null) = $5)
  and ($6::bigint is null or r.account_id = $6) and ($7::bigint is null or r.target_id = $7)
order by case when $3::boolean then r.id end, r.id desc limit $4
"""
_SOME_SQL = f"{_COLUMNS} where r.id = any($1::bigint[])"
_LOCK_SQL = f"{_COLUMNS} where r.id = $1 for update of r"


def _report(row: Row) -> Report:
    values = dict(row)
    values["category"], values["source"] = Category(row["category"]), Channel(row["source"])
    values["rule_ids"], values["post_ids"] = list(row["rule_ids"]), list(row["post_ids"])
    return Report(**values)


async def list_reports(reader: Reader, page: Window, wanted: ReportFilter) -> list[Report]:
    """One page, newest first."""
    rows = await reader.fetch(
        _PAGE_SQL, page.below, page.above, page.forward, page.limit, wanted.resolved, wanted.account_id,
        wanted.target_id,
    )  # fmt: skip
    return [_report(row) for row in (rows[::-1] if page.forward else rows)]


async def reports_by_id(reader: Reader, ids: list[int]) -> dict[int, Report]:
    """Those that are there."""
    return {row["id"]: _report(row) for row in await reader.fetch(_SOME_SQL, ids)}


async def get_report(reader: Reader, report_id: int) -> Report:
    """One; raises ReportNotThere."""
    found = await reports_by_id(reader, [report_id])
    if report_id not in found:
        raise ReportNotThere
    return found[report_id]


async def lock_report(reader: Reader, report_id: int) -> Report:
    """One, kept as it is until this transaction ends; raises ReportNotThere."""
    row = await reader.fetchrow(_LOCK_SQL, report_id)
    if row is None:
        raise ReportNotThere
    return _report(row)


async def open_reports_about(reader: Reader, target_id: int) -> list[int]:
    """Ids of the reports about an account that are not resolved."""
    rows = await reader.fetch(
        "select id from reports where target_id = $1 and resolved_at is null order by id", target_id
    )
    return [row[0] for row in rows]


async def reported_posts(reader: Reader, post_ids: list[int]) -> set[int]:
    """Those of the posts that an open report names: what screening knows as `Content.is_reported`."""
    rows = await reader.fetch(
        "select distinct p.post_id from report_posts p join reports r on r.id = p.report_id"
        " where p.post_id = any($1::bigint[]) and r.resolved_at is null",
        post_ids,
    )
    return {row[0] for row in rows}


async def staff(reader: Reader) -> list[int]:
    """Who reads reports: every role but that of members may."""
    return [row[0] for row in await reader.fetch("select account_id from users where role <> 'member'")]
