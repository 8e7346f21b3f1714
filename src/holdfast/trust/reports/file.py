"""Use case: a member reports an account."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...records import ledger
from ...social.accounts import Actor
from . import store
from .events import LegalReportFiled, ReportFiled
from .model import Category, Channel, NewReport, Report, ReportLimits, checked, received
from .queries import get_report


async def file_report(tx: Tx, actor: Actor, new: NewReport, *, limits: ReportLimits, now: Instant) -> Report:
    """Keep the report and tell whom it concerns: never the account that is reported.

    The account was found for the reporter, the posts were seen by the reporter through the gate.
    A member may report the own account too: it is a way to ask the staff to look. Raises ReportNotAllowed, PostOfAnother.
    """
    report = checked(new, limits)
    report_id = new_id(now)
    record_id = await ledger.append(tx, received(report_id, report, Channel.MEMBER), now=now)
    await store.insert_report(
        tx, report_id, actor.account_id, report, app_id=actor.app_id, record_id=record_id, now=now
    )
    tx.emit(ReportFiled(report_id, report.target_id, [seen.post.id for seen in report.posts]))
    if report.category is Category.LEGAL:
        tx.emit(LegalReportFiled(report_id))
    return await get_report(tx, report_id)
