"""Reactions to reports. `payload` is the event as JSON."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...social.notifications import Notice, NotificationKind, tell
from ..reporters import is_muted
from . import queries
from .events import ReportFiled


async def notify_reported(tx: Tx, payload: bytes, now: Instant) -> None:
    """ReportFiled: the staff, but never somebody who is reported; and nobody of what a muted reporter files."""
    event = msgspec.json.decode(payload, type=ReportFiled)
    report = (await queries.reports_by_id(tx, [event.report_id])).get(event.report_id)
    if report is None or report.account_id is None or await is_muted(tx, report.account_id, now):
        return
    told = [ident for ident in await queries.staff(tx) if ident != report.target_id]
    notice = Notice(NotificationKind.REPORT, report.account_id, subject_id=report.id)
    await tell(tx, notice, told, now)
