"""Use case: a report becomes somebody's work, or nobody's."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ..staff_actions import Staff, Subject, SubjectKind, Why, record_action
from . import store
from .events import ReportChanged
from .queries import lock_report


async def assign_report(tx: Tx, staff: Staff, report_id: int, assignee: int | None, *, now: Instant) -> None:
    """Give it to the account, or to nobody. Raises RoleLacks, ReportNotThere."""
    staff.require(Permission.MANAGE_REPORTS)
    report = await lock_report(tx, report_id)
    if report.assigned_id == assignee:
        return
    await store.set_assignee(tx, report_id, assignee, now)
    subject = Subject(SubjectKind.REPORT, report_id, account_id=report.target_id)
    verb = "report.unassign" if assignee is None else "report.assign"
    await record_action(
        tx,
        staff,
        verb,
        subject,
        why=Why(report_id=report_id),
        now=now,
        before=report.assigned_id,
        after=assignee,
    )
    tx.emit(ReportChanged(report_id))
