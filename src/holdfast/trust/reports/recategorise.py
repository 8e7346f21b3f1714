"""Use case: the staff puts a report into another category."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ..staff_actions import Staff, Subject, SubjectKind, Why, record_action
from . import store
from .errors import ReportNotAllowed
from .events import LegalReportFiled, ReportChanged
from .model import Category
from .queries import lock_report


async def recategorise_report(
    tx: Tx,
    staff: Staff,
    report_id: int,
    *,
    category: Category | None,
    rule_ids: list[int] | None,
    rules: int,
    now: Instant,
) -> None:
    """Set what it is about; None leaves a part as it is. `rules`: how many rules this server has.

    Raises RoleLacks, ReportNotThere, ReportNotAllowed.
    """
    staff.require(Permission.MANAGE_REPORTS)
    report = await lock_report(tx, report_id)
    wanted = report.rule_ids if rule_ids is None else list(dict.fromkeys(rule_ids))
    if any(not 1 <= number <= rules for number in wanted):
        raise ReportNotAllowed({"rule_ids": [("ERR_INVALID", "names a rule that this server does not have")]})
    category = category or (Category.VIOLATION if rule_ids else report.category)
    if category is not Category.VIOLATION:
        wanted = []
    if (category, wanted) == (report.category, report.rule_ids):
        return
    await store.set_category(tx, report_id, category, wanted, now)
    await record_action(
        tx, staff, "report.update", Subject(SubjectKind.REPORT, report_id, account_id=report.target_id),
        why=Why(report_id=report_id), now=now, category=[report.category, category],
        rule_ids=[report.rule_ids, wanted],
    )  # fmt: skip
    tx.emit(ReportChanged(report_id))
    if category is Category.LEGAL and report.category is not Category.LEGAL:
        tx.emit(LegalReportFiled(report_id))
