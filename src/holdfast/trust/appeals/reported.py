"""What reporters are told: whether what they reported was looked at, and what came of it. Never who decided."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.window import Window


class ReportOutcome(StrEnum):
    """What came of a report, as its reporter is told."""

    WAITS = "waits"
    ACTIONED = "actioned"
    NO_VIOLATION = "no_violation"
    CLOSED = "closed"  # without a decision about what was reported


class OwnReport(msgspec.Struct, frozen=True):
    """One's own report. record_id: the receipt. appeal_id: the appeal against its outcome, if there is one."""

    id: int
    account_id: int | None
    target_id: int
    category: str
    comment: str
    post_ids: list[int]
    record_id: str | None
    filed_at: Instant
    outcome: ReportOutcome
    decided_at: Instant | None
    appeal_id: int | None

    @property
    def can_appeal(self) -> bool:
        """Whether there is something to appeal, the time left aside."""
        return self.outcome in (ReportOutcome.NO_VIOLATION, ReportOutcome.CLOSED) and self.appeal_id is None


_COLUMNS = """
select r.id, r.account_id, r.target_id, r.category, r.comment, r.record_id, r.created_at, r.resolved_at,
       array(select post_id from report_posts p where p.report_id = r.id order by post_id) as post_ids,
       (select a.id from appeals a where a.report_id = r.id and a.kind = 'report') as appeal_id,
       s.open, s.actioned, s.cleared, s.closed_at
from reports r left join lateral (
  select bool_or(c.closed_at is null) as open, max(c.closed_at) as closed_at,
         bool_or(d.outcome = 'actioned' and d.undone_at is null) as actioned,
         bool_or(c.outcome in ('no_violation', 'dismissed', 'restored')) as cleared
  from (select distinct case_id from case_signals where report_id = r.id) m
  join cases c on c.id = m.case_id and c.track = 'main'
  left join decisions d on d.case_id = c.id and d.kind in ('case', 'bulk', 'appeal')
) s on true
"""
_PAGE_SQL = f"""{_COLUMNS}
where r.account_id = $5 and r.id < $1 and r.id > $2 order by case when $3::boolean then r.id end, r.id desc limit $4
"""
_SOME_SQL = f"{_COLUMNS} where r.id = any($1::bigint[])"


def _own(row: Row) -> OwnReport:
    waits = bool(row["open"]) or (row["closed_at"] is None and row["resolved_at"] is None)
    if waits:
        outcome = ReportOutcome.WAITS
    elif row["actioned"]:
        outcome = ReportOutcome.ACTIONED
    else:
        outcome = ReportOutcome.NO_VIOLATION if row["cleared"] else ReportOutcome.CLOSED
    decided_at = None if waits else row["closed_at"] or row["resolved_at"]
    return OwnReport(
        row["id"], row["account_id"], row["target_id"], row["category"], row["comment"], list(row["post_ids"]), row["record_id"],
        row["created_at"], outcome, decided_at, row["appeal_id"],
    )  # fmt: skip


async def own_reports(reader: Reader, account_id: int, page: Window) -> list[OwnReport]:
    """One page of what a member reported, the newest first."""
    rows = await reader.fetch(_PAGE_SQL, page.below, page.above, page.forward, page.limit, account_id)
    return [_own(row) for row in (rows[::-1] if page.forward else rows)]


async def reports_with_outcome(reader: Reader, report_ids: Sequence[int]) -> dict[int, OwnReport]:
    """These, whosever they are: callers know that the reader is who sent them."""
    return {row["id"]: _own(row) for row in await reader.fetch(_SOME_SQL, list(report_ids))}
