"""Use case: somebody without an account here reports: by the public form, or through another server."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.errors import LimitReached
from ...records import ledger
from . import store
from .events import LegalReportFiled, ReportFiled
from .model import Category, Channel, NewReport, ReportLimits, checked, received

_WINDOW = timedelta(hours=1)
_FULL = (
    "Many reports without an account arrived in the last hour. Try again later, or sign in to report now; if somebody's"
    " life is in danger, call the emergency services"
)


async def file_report_from_outside(
    tx: Tx, new: NewReport, *, channel: Channel, limits: ReportLimits, hour_max: int, now: Instant
) -> int:
    """Keep a report by nobody in particular; its id. The posts were seen as anybody may see them.

    hour_max: how many of this channel are taken in an hour, whoever sends them: a flood never fills the desk.
    Raises ReportNotAllowed, PostOfAnother, LimitReached.
    """
    report = checked(new, limits)
    taken = await store.count_since(tx, channel, now - _WINDOW, most=hour_max)
    if taken >= hour_max:
        raise LimitReached(_FULL, retry_after_seconds=int(_WINDOW.total_seconds()) // 4)
    report_id = new_id(now)
    record_id = await ledger.append(tx, received(report_id, report, channel), now=now)
    await store.insert_report(
        tx, report_id, None, report, app_id=None, record_id=record_id, channel=channel, now=now
    )
    tx.emit(ReportFiled(report_id, report.target_id, [seen.post.id for seen in report.posts]))
    if report.category is Category.LEGAL:
        tx.emit(LegalReportFiled(report_id))
    return report_id
