"""Use cases: a case is closed, once, by whoever read what is there now; or opened again."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..staff_actions import CLOCK, Change, LogActor, ReviewState, Staff, pseudonym_of, record_events
from . import log, store
from .errors import CaseChanged, CaseTaken
from .events import CaseClosed, CaseReopened
from .model import Case
from .queries import lock_case, members


async def close(
    tx: Tx,
    case_id: int,
    *,
    version: int,
    decision_id: int | None,
    outcome: str,
    now: Instant,
    staff: Staff = CLOCK,
    record_id: str | None = None,
) -> Case:
    """Close it and all that belongs to it; the case as it was. `version`: the one that was read.

    record_id: the decision's leaf in the ledger; None: one is made here.
    outcome: a code, such as violation, no_violation, settled. Its members' statuses say that they were reviewed; what a
    decision does to them besides is for the caller to record.
    Raises CaseNotThere; CaseChanged when it is closed or of another version; CaseTaken when somebody else holds it.
    """
    case = await lock_case(tx, case_id)
    if case.closed_at is not None or case.version != version:
        raise CaseChanged
    holder = case.held_by(now)
    if holder is not None and staff.account_id is not None and holder != staff.account_id:
        raise CaseTaken
    belonging = await members(tx, case_id, after_decision=False)
    await store.close(tx, case_id, decision_id=decision_id, outcome=outcome, by=staff.account_id, now=now)
    name = None if staff.account_id is None else await pseudonym_of(tx, staff.account_id, "staff")
    change = Change(review_state=ReviewState.CLOSED, reviewed=True)
    subjects = sorted({member.subject for member in belonging}, key=lambda one: (one.kind.value, one.key))
    await record_events(
        tx, LogActor(staff.kind, staff.account_id, staff.role, name), "case.close", subjects, now=now,
        case_id=case_id, decision_id=decision_id, change=change, record_id=record_id, outcome=outcome,
    )  # fmt: skip
    tx.emit(CaseClosed(case_id, decision_id))
    return case


async def reopen(tx: Tx, staff: Staff, case_id: int, *, reason: str = "", now: Instant) -> Case:
    """It needs somebody again: its decision was taken back. The case as it was. Raises CaseNotThere."""
    case = await lock_case(tx, case_id)
    if case.closed_at is not None:
        await store.reopen(tx, case_id)
        await log.about_case(tx, staff, "reopen", case_id, reason=reason, now=now)
        tx.emit(CaseReopened(case_id))
    return case
