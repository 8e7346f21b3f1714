"""Reads of the records of reporters, for the staff alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from .brigades import Filing, Together, as_words, together
from .model import Handled, Record, ReporterRecord

_RECORDS_SQL = """
select account_id, rights, wrongs, muted_until, mute_reason from reporter_records where account_id = any($1::bigint[])
"""
_MUTED_SQL = """
select account_id, rights, wrongs, muted_until, mute_reason from reporter_records
where muted_until > $1 order by muted_at desc limit $2
"""
_HANDLED_SQL = """
select s.report_id, c.outcome, coalesce(d.undone_at is not null, false) as undone
from (select distinct report_id, case_id from case_signals where report_id = any($1::bigint[])) s
join cases c on c.id = s.case_id left join decisions d on d.id = c.decision_id
"""
_FILINGS_SQL = """
select g.case_id, f.account_id, f.at, f.since, f.words from unnest($1::bigint[]) as g (case_id)
cross join lateral (
    select r.account_id, min(r.created_at) as at, min(a.created_at) as since, min(r.comment) as words
    from case_signals s join reports r on r.id = s.report_id join accounts a on a.id = r.account_id
    where s.case_id = g.case_id group by 1 order by 2, 1 limit $2) f
order by 1, 3, 2
"""
_MUTUAL_SQL = """
select f.follower_id, f.followed_id from follows f
join follows b on b.follower_id = f.followed_id and b.followed_id = f.follower_id
where f.follower_id = any($1::bigint[]) and f.followed_id = any($1::bigint[]) and f.follower_id < f.followed_id
"""


def _record(row: Row) -> ReporterRecord:
    return ReporterRecord(
        row["account_id"], Record(row["rights"], row["wrongs"]), row["muted_until"], row["mute_reason"]
    )


async def records_of(reader: Reader, account_ids: Sequence[int]) -> dict[int, ReporterRecord]:
    """By account; those of whom nothing is known are left out."""
    rows = await reader.fetch(_RECORDS_SQL, list(account_ids)) if account_ids else []
    return {row["account_id"]: _record(row) for row in rows}


async def record_of(reader: Reader, account_id: int) -> ReporterRecord:
    """Of one, also of one of whom nothing is known."""
    return (await records_of(reader, [account_id])).get(account_id, ReporterRecord(account_id, Record()))


async def muted_reporters(reader: Reader, now: Instant, *, limit: int) -> list[ReporterRecord]:
    """Whose reports raise nothing now, the last one that was muted first."""
    return [_record(row) for row in await reader.fetch(_MUTED_SQL, now, limit)]


async def handled(reader: Reader, report_ids: Sequence[int]) -> dict[int, list[Handled]]:
    """What became of the cases of reports."""
    found: dict[int, list[Handled]] = defaultdict(list)
    for row in await reader.fetch(_HANDLED_SQL, list(report_ids)):
        found[row["report_id"]].append(Handled(row["outcome"], row["undone"]))
    return found


async def filings_of_cases(reader: Reader, case_ids: Sequence[int], *, most: int) -> dict[int, Together]:
    """How many independent reporters each of these cases has, judged by the first `most` of them."""
    if not case_ids:
        return {}
    filings: dict[int, list[Filing]] = defaultdict(list)
    for row in await reader.fetch(_FILINGS_SQL, list(case_ids), most):
        filings[row["case_id"]].append(
            Filing(row["account_id"], row["at"], row["since"], as_words(row["words"]))
        )
    ids = sorted({one.account_id for found in filings.values() for one in found})
    mutual = {(row[0], row[1]) for row in await reader.fetch(_MUTUAL_SQL, ids)} if len(ids) > 1 else set()
    return {case_id: together(found, mutual) for case_id, found in filings.items()}


async def reports_of_decision(reader: Reader, decision_id: int) -> list[tuple[int, int]]:
    """Reports by members that the case of a decision holds: (report, who filed it)."""
    rows = await reader.fetch(
        "select distinct s.report_id, r.account_id from decisions d join case_signals s on s.case_id = d.case_id"
        " join reports r on r.id = s.report_id where d.id = $1 and r.account_id is not null order by 1",
        decision_id,
    )
    return [(row[0], row[1]) for row in rows]


async def reporter_of(reader: Reader, report_id: int) -> int | None:
    """Who filed a report; None when nobody here did, or they are gone."""
    found: int | None = await reader.fetchval("select account_id from reports where id = $1", report_id)
    return found


async def is_muted_now(reader: Reader, account_id: int, now: Instant) -> bool:
    """Whether what this account reports raises nothing."""
    return bool(
        await reader.fetchval(
            "select exists (select 1 from reporter_records where account_id = $1 and muted_until > $2)",
            account_id, now,
        )
    )  # fmt: skip
