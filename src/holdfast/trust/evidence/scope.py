"""Reads: what belongs to a query. Whoever may export may see it all, so nobody's viewer is asked."""

from __future__ import annotations

from ...platform.db import Reader
from ...records.ledger import Kind, latest_checkpoint
from ..notice_exports import Wanted, cited_by, key_of, private_records, records_of_notices, wanted_notices
from .errors import NothingToExport
from .model import ExportQuery, Root, Scope

_ACCOUNT_REPORTS = (
    "select id from reports where target_id = $1 and created_at >= coalesce($2::timestamptz, '-infinity')"
    " and created_at < coalesce($3::timestamptz, 'infinity')"
)
_ACCOUNT_CASES = (
    "select id from cases where account_id = $1 and opened_at >= coalesce($2::timestamptz, '-infinity')"
    " and opened_at < coalesce($3::timestamptz, 'infinity')"
)
_ACCOUNT_DECISIONS = (
    "select d.id from decisions d where d.made_at >= coalesce($2::timestamptz, '-infinity')"
    " and d.made_at < coalesce($3::timestamptz, 'infinity') and d.id in ("
    " select decision_id from moderation_actions where account_id = $1 and decision_id is not null"
    " union select decision_id from statements where account_id = $1"
    " union select decision_id from effects where account_id = $1)"
)
_ACCOUNT_POSTS = (
    "select id from posts where account_id = $1 and boost_of_id is null"
    " and created_at >= coalesce($2::timestamptz, '-infinity') and created_at < coalesce($3::timestamptz, 'infinity')"
)
_CASES_OF_REPORTS = "select distinct case_id from case_signals where report_id = any($1::bigint[])"
_REPORTS_OF_CASES = (
    "select distinct report_id from case_signals where case_id = any($1::bigint[]) and report_id is not null"
)
_DECISIONS_OF_CASES = "select id from decisions where case_id = any($1::bigint[])"
_CASES_OF_DECISIONS = (
    "select distinct case_id from decisions where id = any($1::bigint[]) and case_id is not null"
)
_POSTS_OF_REPORTS = "select distinct post_id from report_posts where report_id = any($1::bigint[])"
_POSTS_OF_CASES = "select distinct subject_key::bigint from case_members where case_id = any($1::bigint[]) and subject_kind = 'post'"
_POSTS_OF_DECISIONS = "select distinct subject_key::bigint from effects where decision_id = any($1::bigint[]) and subject_kind = 'post'"
_THERE = {
    Root.REPORT: "select id from reports where id = $1",
    Root.CASE: "select id from cases where id = $1",
    Root.DECISION: "select id from decisions where id = $1",
    Root.ACCOUNT: "select id from accounts where id = $1",
    Root.NOTICE: "select id from notices where id = $1",
}
_NOTICES_MOST = 5_000


async def resolve(reader: Reader, query: ExportQuery) -> Scope:
    """Everything that belongs to it. Raises NothingToExport when there is no such thing."""
    if query.root is Root.KINDS:
        return Scope(query)
    if query.root in (Root.SENDER, Root.PERIOD):
        return await _of_notices(reader, query)
    if await reader.fetchval(_THERE[query.root], query.id) is None:
        raise NothingToExport
    if query.root is Root.ACCOUNT:
        return await _of_account(reader, query)
    if query.root is Root.NOTICE:
        return await _of_notices(reader, query)
    reports, cases, decisions = await _roots(reader, query)
    posts = {
        *await _ids(reader, _POSTS_OF_REPORTS, reports),
        *await _ids(reader, _POSTS_OF_CASES, cases),
        *await _ids(reader, _POSTS_OF_DECISIONS, decisions),
    }
    return Scope(query, _tuple(reports), _tuple(cases), _tuple(decisions), _tuple(posts))


async def _roots(reader: Reader, query: ExportQuery) -> tuple[set[int], set[int], set[int]]:
    reports: set[int] = set()
    cases: set[int] = set()
    decisions: set[int] = set()
    if query.root is Root.REPORT:
        # Other reports of the same case are by other people: this one's evidence does not need them.
        reports = {query.id}
        cases = await _ids(reader, _CASES_OF_REPORTS, reports)
        decisions = await _ids(reader, _DECISIONS_OF_CASES, cases)
    elif query.root is Root.CASE:
        cases = {query.id}
        reports = await _ids(reader, _REPORTS_OF_CASES, cases)
        decisions = await _ids(reader, _DECISIONS_OF_CASES, cases)
    else:
        decisions = {query.id}
        cases = await _ids(reader, _CASES_OF_DECISIONS, decisions)
        reports = await _ids(reader, _REPORTS_OF_CASES, cases)
    return reports, cases, decisions


async def _of_account(reader: Reader, query: ExportQuery) -> Scope:
    found = []
    for sql in (_ACCOUNT_REPORTS, _ACCOUNT_CASES, _ACCOUNT_DECISIONS, _ACCOUNT_POSTS):
        rows = await reader.fetch(sql, query.id, query.since, query.before)
        found.append(_tuple({row[0] for row in rows}))
    reports, cases, decisions, posts = found
    return Scope(query, reports, cases, decisions, posts, query.id)


async def _of_notices(reader: Reader, query: ExportQuery) -> Scope:
    """Notices with the cases, decisions and posts of their items: reports by members are not among them."""
    sender = key_of(query.sender) if query.sender else ""
    wanted = Wanted(query.id or None, sender, query.since, query.before)
    found = await wanted_notices(reader, wanted, most=_NOTICES_MOST)
    if not found and query.root is not Root.PERIOD:
        raise NothingToExport
    cases, decisions, posts = await cited_by(reader, found)
    decisions |= await _ids(reader, _DECISIONS_OF_CASES, cases)
    return Scope(query, (), _tuple(cases), _tuple(decisions), _tuple(posts), None, tuple(found))


async def closed_records(reader: Reader, scope: Scope) -> dict[str, str]:
    """Records of which a bundle opens nothing, and why. Who asks for one notice gets that notice."""
    if scope.query.root is Root.NOTICE or not scope.notices:
        return {}
    return dict.fromkeys(await private_records(reader, scope.notices), "from a private individual")


async def _ids(reader: Reader, sql: str, ids: set[int]) -> set[int]:
    if not ids:
        return set()
    return {row[0] for row in await reader.fetch(sql, sorted(ids))}


def _tuple(ids: set[int]) -> tuple[int, ...]:
    return tuple(sorted(ids))


_RECORDS_OF_ACCOUNT = (
    "select r.record_id from ledger_records r join ledger_subjects s on s.id = r.subject"
    " where s.kind = 'account' and s.subject_id = $1 and r.recorded_at >= coalesce($2::timestamptz, '-infinity')"
    " and r.recorded_at < coalesce($3::timestamptz, 'infinity') order by r.arrival limit $4"
)
_RECORDS_OF_KINDS = (
    "select record_id from ledger_records where kind = any($1::text[])"
    " and recorded_at >= coalesce($2::timestamptz, '-infinity')"
    " and recorded_at < coalesce($3::timestamptz, 'infinity') order by arrival limit $4"
)


_OF_PERIOD = (
    "notice.", "breaker", "quality.", "decision.reversed", "appeal.decided", "policy.published", "rule.stage", "referral",
    "disclosure", "export.made", "clock.",
)  # fmt: skip
_SAMPLES_OF_PERIOD = (
    "select distinct on (date_trunc('hour', recorded_at)) record_id from ledger_records where kind = 'backlog.sample'"
    " and recorded_at >= coalesce($1::timestamptz, '-infinity') and recorded_at < coalesce($2::timestamptz, 'infinity')"
    " order by date_trunc('hour', recorded_at), arrival limit $3"
)


async def records_about(reader: Reader, scope: Scope, *, most: int) -> list[str]:
    """Records that the ledger itself ties to the query, besides those that documents name; at most `most`.

    Of a period: those that say how the desk did, of the size of the backlog the first of each hour.
    """
    query = scope.query
    if query.root is Root.KINDS:
        rows = await reader.fetch(_RECORDS_OF_KINDS, list(query.kinds), query.since, query.before, most)
    elif query.root is Root.ACCOUNT:
        rows = await reader.fetch(_RECORDS_OF_ACCOUNT, query.id, query.since, query.before, most)
    elif query.root is Root.PERIOD:
        kinds = [one.value for one in Kind if one.value.startswith(_OF_PERIOD)]
        rows = [
            *await reader.fetch(_RECORDS_OF_KINDS, kinds, query.since, query.before, most),
            *await reader.fetch(_SAMPLES_OF_PERIOD, query.since, query.before, most),
        ]
    elif scope.notices:
        return await records_of_notices(reader, scope.notices)
    else:
        return []
    return [*(row[0] for row in rows), *await records_of_notices(reader, scope.notices)]


async def titled(reader: Reader, scope: Scope) -> tuple[str, str]:
    """What the server is called, by its log, and what is asked for, in words."""
    newest = await latest_checkpoint(reader)
    return newest.note.split("/", 1)[0] if newest is not None else "", _about(scope)


def _about(scope: Scope) -> str:
    query = scope.query
    if query.root is Root.NOTICE:
        return "A notice, and what was done"
    whose = f"Notices of {query.sender}" if query.root is Root.SENDER else "Notices"
    bounds = [(" from ", query.since), (" to ", query.before)]
    return whose + "".join(f"{word}{at:%Y-%m-%d}" for word, at in bounds if at is not None)
