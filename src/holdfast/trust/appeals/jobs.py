"""Reactions: what was decided in another way meanwhile settles the appeals about it; and the clock of appeals."""

from __future__ import annotations

from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...social.notifications import Notice, NotificationKind, forget_subjects, tell
from ..cases import CaseClosed, CaseReopened, reports_of
from ..decisions import DecisionMade, DecisionReversed
from ..reporters import is_muted
from ..reports import ReportChanged, reports_by_id
from ..staff_actions import CLOCK, Subject, SubjectKind, record_action
from . import store
from .answer import close
from .model import Outcome
from .queries import open_about_decision, open_about_holds, overdue_appeals
from .reported import ReportOutcome, reports_with_outcome

_AT_ONCE: Final = 100
_POSTS_SQL = (
    "select distinct subject_key::bigint from effects where decision_id = $1 and subject_kind = 'post'"
)


async def settle_reversed(tx: Tx, payload: bytes, now: Instant) -> None:
    """DecisionReversed: what was appealed does not hold any more."""
    event = msgspec.json.decode(payload, type=DecisionReversed)
    for appeal in await open_about_decision(tx, event.decision_id):
        await close(tx, CLOCK, appeal, Outcome.SETTLED, text="", now=now)


async def settle_held(tx: Tx, payload: bytes, now: Instant) -> None:
    """DecisionMade: a person looked at what was held; what was decided then can be appealed in its turn."""
    event = msgspec.json.decode(payload, type=DecisionMade)
    post_ids = [row[0] for row in await tx.fetch(_POSTS_SQL, event.decision_id)]
    for appeal in await open_about_holds(tx, post_ids) if post_ids else ():
        await close(tx, CLOCK, appeal, Outcome.SETTLED, text="", now=now)


async def notify_reporter(tx: Tx, payload: bytes, now: Instant) -> None:
    """ReportChanged: whoever sent it is told that there is an outcome; when it waits again, what was told is taken back."""
    await _tell_outcomes(tx, [msgspec.json.decode(payload, type=ReportChanged).report_id], now)


async def notify_reporters(tx: Tx, payload: bytes, now: Instant) -> None:
    """CaseClosed: the same of reports that were resolved before, and waited again. The others change now themselves."""
    case_id = msgspec.json.decode(payload, type=CaseClosed).case_id
    found = await reports_by_id(tx, await reports_of(tx, case_id))
    await _tell_outcomes(tx, [one.id for one in found.values() if one.resolved_at is not None], now)


async def forget_outcomes(tx: Tx, payload: bytes, now: Instant) -> None:
    """CaseReopened: its reports wait again."""
    case_id = msgspec.json.decode(payload, type=CaseReopened).case_id
    await forget_subjects(tx, NotificationKind.OUTCOME, await reports_of(tx, case_id))


async def _tell_outcomes(tx: Tx, report_ids: list[int], now: Instant) -> None:
    """Each once, to a member who reported and is not muted. It comes from the account itself: nobody is named by it."""
    reports = await reports_by_id(tx, report_ids)
    outcomes = await reports_with_outcome(tx, report_ids)
    for report in reports.values():
        if report.account_id is None:
            continue
        if outcomes[report.id].outcome is ReportOutcome.WAITS:
            await forget_subjects(tx, NotificationKind.OUTCOME, [report.id])
        elif not await is_muted(tx, report.account_id, now):
            notice = Notice(NotificationKind.OUTCOME, report.account_id, own=True, subject_id=report.id)
            await tell(tx, notice, [report.account_id], now)


async def note_breaches(tx: Tx, now: Instant) -> list[int]:
    """Appeals that were not answered in time: written down once, for all to see in the figures; their ids."""
    found = await overdue_appeals(tx, now, limit=_AT_ONCE)
    await store.mark_breached(tx, [one.id for one in found], now)
    for one in found:
        subject = Subject(SubjectKind.CASE, one.case_id)
        await record_action(tx, CLOCK, "case.appeal_overdue", subject, now=now, case_id=one.case_id)
    return [one.id for one in found]
