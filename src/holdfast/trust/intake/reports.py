"""Reactions: reports become signals of cases, and cases and reports are settled with one another."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from .. import cases
from ..reporters import is_muted
from ..reports import (
    Category,
    Channel,
    Report,
    ReportChanged,
    ReportFiled,
    lock_report,
    reports_by_id,
    resolve_report,
)
from ..staff_actions import CLOCK, Staff, Subject
from .campaigns import CAMPAIGN_LANE, campaign_case
from .mute import heard

SETTLED = "settled"
"""The outcome of a case that was closed because all its reports were resolved, by the API that knows no cases."""
_SOURCES = {
    Channel.MEMBER: cases.Source.REPORT,
    Channel.ANONYMOUS: cases.Source.ANONYMOUS,
    Channel.PEER: cases.Source.PEER,
    Channel.ADMIN: cases.Source.ADMIN,
}


async def take_report(tx: Tx, payload: bytes, now: Instant) -> None:
    """ReportFiled: a signal about each post that it names, or about the account when it names none.

    What a muted reporter files, or what is filed about a muted subject, is received, and raises nothing; but for what is
    said to be against the law, which a subject's mute does not cover. What is part of a campaign waits in the campaign's case.
    """
    event = msgspec.json.decode(payload, type=ReportFiled)
    report = (await reports_by_id(tx, [event.report_id])).get(event.report_id)
    if report is None or report.resolved_at is not None:
        return
    if await is_muted(tx, report.account_id, now):
        await resolve_report(tx, CLOCK, report.id, resolved=True, reason="reporter.muted", now=now)
        return
    subjects = _subjects(report)
    if report.category is not Category.LEGAL:
        subjects = await heard(tx, subjects, now)
    if not subjects:
        await resolve_report(tx, CLOCK, report.id, resolved=True, reason="subject.muted", now=now)
        return
    grouped = await campaign_case(tx, report.id, now)
    for subject in subjects:
        signal = cases.Signal(
            source=_SOURCES[report.source],
            subject=subject,
            category=report.category.value,
            report_id=report.id,
            record_id=report.record_id,
        )
        if grouped is None:
            await cases.open_or_join(tx, signal, now=now)
        else:
            calm = msgspec.structs.replace(signal, lane=CAMPAIGN_LANE)
            await cases.gather(tx, grouped, calm, now=now)
    await _settle(tx, report.id, now)


def _subjects(report: Report) -> list[Subject]:
    posts = [Subject.post(post_id, report.target_id) for post_id in report.post_ids]
    return posts or [Subject.account(report.target_id)]


async def settle_reports(tx: Tx, payload: bytes, now: Instant) -> None:
    """CaseClosed: its reports are resolved, those that have no other case that is open."""
    event = msgspec.json.decode(payload, type=cases.CaseClosed)
    for report_id in await cases.reports_of(tx, event.case_id):
        await _settle(tx, report_id, now)


async def _settle(tx: Tx, report_id: int, now: Instant) -> None:
    """Resolve a report all of whose cases are decided, in the name of whoever decided the last one."""
    found = await cases.cases_by_id(tx, await cases.cases_of_report(tx, report_id))
    if not found or any(one.closed_at is None for one in found.values()):
        return
    last = max(found.values(), key=lambda one: (one.closed_at is not None and one.closed_at, one.id))
    await resolve_report(
        tx,
        await _staff(tx, last.decided_by),
        report_id,
        resolved=True,
        reason=f"case.{last.outcome}",
        now=now,
    )


async def _staff(tx: Tx, account_id: int | None) -> Staff:
    """Whoever decided, if they are of the staff still; else the server acts for them."""
    role = await tx.fetchval("select role from users where account_id = $1 and role <> 'member'", account_id)
    return CLOCK if role is None or account_id is None else Staff(account_id, role)


async def settle_share(tx: Tx, payload: bytes, now: Instant) -> None:
    """ReportChanged: a case that nothing but resolved reports speak for is closed; one is opened again with its report.

    So what is done by the Mastodon API's admin methods, which know reports alone, is seen at the desk.
    """
    event = msgspec.json.decode(payload, type=ReportChanged)
    found = (await reports_by_id(tx, [event.report_id])).get(event.report_id)
    if found is None:
        return
    report = await lock_report(tx, event.report_id)
    for case in (await cases.cases_by_id(tx, await cases.cases_of_report(tx, report.id))).values():
        if report.resolved_at is not None and case.closed_at is None:
            if not await _others_speak(tx, case.id):
                staff = await _staff(tx, report.resolved_by)
                await _close(tx, case.id, staff, now)
        elif report.resolved_at is None and case.closed_at is not None and case.outcome == SETTLED:
            await cases.reopen(tx, CLOCK, case.id, reason="report.reopen", now=now)


async def _close(tx: Tx, case_id: int, staff: Staff, now: Instant) -> None:
    case = await cases.lock_case(tx, case_id)
    if case.closed_at is not None or case.held_by(now) not in (None, staff.account_id):
        return  # somebody is at work on it and will decide
    await cases.close(
        tx, case_id, version=case.version, decision_id=None, outcome=SETTLED, staff=staff, now=now
    )


async def _others_speak(tx: Tx, case_id: int) -> bool:
    """Whether a case has a signal that is no report, or a report that is not resolved."""
    return bool(
        await tx.fetchval(
            "select exists (select 1 from case_signals s left join reports r on r.id = s.report_id"
            " where s.case_id = $1 and (s.report_id is null or r.resolved_at is null))",
            case_id,
        )
    )
