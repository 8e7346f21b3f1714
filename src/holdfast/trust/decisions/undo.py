"""Use case: a decision is taken back, with everything that it did; what happened stays on record."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...records import ledger
from .. import cases
from ..effects import By, take_back_effects
from ..staff_actions import ActorKind, NotYourRank, Staff, Subject, Why, record_action
from ..staff_actions import SubjectKind as LoggedKind
from . import store
from .errors import AlreadyUndone, RulingNotAllowed
from .events import DecisionReversed
from .make import AT_ONCE, require_for, settling
from .model import REASON_CHARACTERS, Decision, action_code
from .queries import concerns, copies_of, get_decision, lock_decision
from .tell import tell_reversal


async def undo(
    tx: Tx,
    staff: Staff,
    decision_id: int,
    *,
    reason: str,
    reopen: bool = False,
    cause: str = "staff",
    now: Instant,
) -> Decision:
    """Take back a decision and those about its later copies; the decision as it is now.

    Each thing has again what it had before, or what other decisions about it say that still hold; what somebody changed
    otherwise since stays. Members who were told are told. reopen: whether the case needs somebody again. cause: a code.
    Sessions and tokens that ended stay ended; holds that a referral placed stay until they are released.
    Raises RoleLacks, NotYourRank for what one was decided about, DecisionNotThere, AlreadyUndone, RulingNotAllowed.
    """
    decision = await lock_decision(tx, decision_id)
    await require_for(tx, staff, decision.ruling)
    if decision.undone_at is not None:
        raise AlreadyUndone
    if staff.account_id is not None and await concerns(tx, decision.id, staff.account_id):
        raise NotYourRank
    if len(reason) > REASON_CHARACTERS:
        raise RulingNotAllowed("reason", f"must not have more than {REASON_CHARACTERS} characters")
    record_id = await ledger.append(tx, _entry(staff, decision, reason, cause), now=now)
    kind = LoggedKind.DECISION if decision.case_id is None else LoggedKind.CASE
    action_id = await record_action(
        tx, staff, f"{kind.value}.undo", Subject(kind, decision.case_id or decision.id), why=Why(reason), now=now,
        versions=decision.versions, case_id=decision.case_id, decision_id=decision.id, record_id=record_id,
        actions=action_code(decision.ruling), cause=cause,
    )  # fmt: skip
    ids = [decision.id, *await copies_of(tx, decision.id)]
    await store.mark_undone(
        tx, ids, by=staff.account_id, reason=reason, action_id=action_id, record_id=record_id, now=now
    )
    if reopen and decision.case_id is not None and decision.kind == "case":
        await cases.reopen(tx, staff, decision.case_id, reason=reason, now=now)
    undone = await get_decision(tx, decision_id)
    await go_back(tx, undone, staff, now)
    tx.emit(DecisionReversed(decision.id))
    return await get_decision(tx, decision_id)


async def go_back(tx: Tx, decision: Decision, staff: Staff, now: Instant, *, most: int = AT_ONCE) -> bool:
    """Take back the next part of what a decision did, and leave a job for the rest; whether all is taken back."""
    ids = [decision.id, *await copies_of(tx, decision.id)]
    by = By(
        staff,
        decision.id,
        decision.undo_record_id,
        decision.case_id,
        decision.versions,
        decision.undone_reason or "",
    )
    done = await take_back_effects(tx, by, ids, most=most, tell=tell_reversal, now=now)
    if done < most:
        await store.mark_undo_settled(tx, decision.id, now)
        return True
    tx.enqueue(settling("settle_undo", decision.id))
    return False


def undoer_of(decision: Decision, role: str) -> Staff:
    """Who took it back, with the role of now, for what follows as a job."""
    if decision.undone_by is None:
        return Staff(None, "owner", ActorKind.OPERATOR)
    return Staff(decision.undone_by, role)


def _entry(staff: Staff, decision: Decision, reason: str, cause: str) -> ledger.Entry:
    public = {
        "action": action_code(decision.ruling), "outcome": decision.outcome, "cause": cause, "role": staff.role,
        "automation": decision.automation.removeprefix("AUTOMATED_DECISION_").lower(),
    }  # fmt: skip
    if decision.policy:
        public["policy"] = decision.policy
    if decision.lane:
        public["lane"] = decision.lane
    return ledger.Entry(
        kind=ledger.Kind.DECISION_REVERSED, public=public, private={"reason": reason} if reason else {},
        subject=None if decision.case_id is None else ledger.Subject.case(decision.case_id),
        related=((ledger.Relation.REVERSES, decision.record_id),),
    )  # fmt: skip
