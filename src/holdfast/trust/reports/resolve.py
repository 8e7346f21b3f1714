"""Use case: a report is resolved, or opened again."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ..staff_actions import Staff, Subject, SubjectKind, Why, record_action
from . import store
from .events import ReportChanged
from .queries import lock_report


async def resolve_report(
    tx: Tx, staff: Staff, report_id: int, *, resolved: bool, now: Instant, reason: str = ""
) -> None:
    """Close it, or open it again. Raises RoleLacks, ReportNotThere."""
    staff.require(Permission.MANAGE_REPORTS)
    report = await lock_report(tx, report_id)
    if (report.resolved_at is not None) == resolved:
        return
    await store.set_resolved(tx, report_id, staff.account_id, resolved=resolved, now=now)
    subject = Subject(SubjectKind.REPORT, report_id, account_id=report.target_id)
    verb = "report.resolve" if resolved else "report.reopen"
    await record_action(tx, staff, verb, subject, why=Why(reason, report_id=report_id), now=now)
    tx.emit(ReportChanged(report_id))
