"""Use case: somebody judges a case that was decided, or a gold item, or which of two people was right."""

from __future__ import annotations

from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...records import ledger
from ...screening import Lane
from .. import cases
from ..cases import Signal, Source
from ..decisions import get_decision, undo
from ..staff_actions import Staff, public_of
from . import store
from .errors import AlreadySettled, LookNotThere, VerdictNotAllowed
from .model import NOTE_CHARACTERS, ErrorClass, Judgement, Look, LookKind, Standards, agree, error_of
from .queries import lock_look, lock_look_of_case, look_of_case
from .standing import check_standing

REVIEWED: Final = "reviewed"
"""The outcome of cases that are second looks: what they are about keeps the decision that it had."""
_LANES: Final[dict[str, Lane]] = {"P0": "P0", "P1": "P1", "P2": "P2", "P3": "P3", "P4": "P4"}


async def give_verdict(
    tx: Tx,
    staff: Staff,
    case_id: int,
    *,
    version: int,
    verdict: Judgement,
    note: str = "",
    overturn: bool = True,
    standards: Standards,
    now: Instant,
) -> Look:
    """Judge once; the look as it is now. Nothing is done to what the case is about, but for an adjudication that finds the
    decision wrong: that is taken back and its case waits for somebody anew (unless not `overturn`).

    Two who disagree are settled by a third. version: of the case that was read.
    Raises RoleLacks, LookNotThere, CaseNotThere, CaseNotForYou, CaseChanged, CaseTaken, VerdictNotAllowed, AlreadySettled.
    """
    staff.require(Permission.MANAGE_REPORTS)
    if len(note) > NOTE_CHARACTERS:
        raise VerdictNotAllowed(f"note: at most {NOTE_CHARACTERS} characters")
    look = await lock_look_of_case(tx, case_id)
    if look.kind is LookKind.SAMPLE:
        raise VerdictNotAllowed("case: a sample is decided like any other case")
    if staff.account_id is None or await cases.conflicts(tx, case_id, staff.account_id, relations=False):
        raise cases.CaseNotForYou
    if look.kind is LookKind.GOLD and look.tested_id != staff.account_id:
        raise cases.CaseNotForYou
    if look.judged_at is not None:
        raise AlreadySettled
    await cases.close(tx, case_id, version=version, decision_id=None, outcome=REVIEWED, staff=staff, now=now)
    right = look.expected
    agreed = None if right is None or look.kind is LookKind.ADJUDICATION else agree(right, verdict)
    await store.set_verdict(
        tx, look, reviewer_id=staff.account_id, verdict=verdict, note=note.strip(), agreed=agreed, now=now
    )
    if look.kind is LookKind.ADJUDICATION:
        await _settle(tx, staff, look, verdict, note=note, overturn=overturn, standards=standards, now=now)
    elif look.kind is LookKind.GOLD and right is not None:
        error = error_of(verdict, right)
        await _result(tx, look, look.id, look.tested_id, error, standards=standards, now=now)
    elif agreed:
        await _result(tx, look, look.id, look.first_reviewer_id, None, standards=standards, now=now)
    else:
        await _adjudicate(tx, look, staff, now)
    found = await look_of_case(tx, case_id)
    if found is None:
        raise LookNotThere
    await _leaf(tx, found, now)
    return found


async def _adjudicate(tx: Tx, look: Look, second: Staff, now: Instant) -> None:
    """A third person settles it."""
    case = await cases.get_case(tx, look.case_id)
    excluded = tuple(one for one in (look.first_reviewer_id, second.account_id) if one is not None)
    signal = Signal(
        Source.REVIEW, case.subject, case.category, _LANES[look.lane], language=look.language, track=cases.REVIEW,
        excluded=excluded, parent_id=case.parent_id, fresh=True,
    )  # fmt: skip
    case_id = await cases.open_or_join(tx, signal, now=now)
    await store.insert_look(
        tx, LookKind.ADJUDICATION, case_id, lane=look.lane, policy=look.policy, language=look.language,
        first_decision_id=look.first_decision_id, first_reviewer_id=look.first_reviewer_id, parent_id=look.id,
        expected=look.expected, now=now,
    )  # fmt: skip


async def _settle(
    tx: Tx, staff: Staff, look: Look, right: Judgement, *, note: str, overturn: bool, standards: Standards, now: Instant
) -> None:  # fmt: skip
    """Both of the two get their result, and a decision that was wrong is taken back."""
    if look.parent_id is None or look.expected is None or look.first_decision_id is None:
        raise LookNotThere
    second = await lock_look(tx, look.parent_id)
    first_error = error_of(look.expected, right)
    if second.verdict is not None:
        error = error_of(second.verdict, right)
        await _result(tx, look, second.id, second.reviewer_id, error, standards=standards, now=now)
    await _result(tx, look, look.id, look.first_reviewer_id, first_error, standards=standards, now=now)
    if first_error is None or first_error is ErrorClass.TECHNICAL or not overturn:
        return
    decision = await get_decision(tx, look.first_decision_id)
    if decision.undone_at is None:
        await undo(
            tx,
            staff,
            decision.id,
            reason=note.strip() or first_error.value,
            reopen=True,
            cause="quality",
            now=now,
        )


async def _result(
    tx: Tx, look: Look, look_id: int, tested_id: int | None, error: ErrorClass | None, *,
    standards: Standards, now: Instant,
) -> None:  # fmt: skip
    """Of what could not be judged nobody is right or wrong."""
    right = None if error is ErrorClass.TECHNICAL else error is None
    await store.set_result(tx, look_id, tested_id=tested_id, was_right=right, error=error)
    if tested_id is not None and right is False and look.kind is not LookKind.REQUEUE:
        await check_standing(tx, tested_id, standards, now=now)


async def _leaf(tx: Tx, look: Look, now: Instant) -> None:
    public: dict[str, str | bool] = dict(
        public_of(
            look="second" if look.kind is LookKind.REQUEUE else look.kind.value, lane=look.lane,
            outcome=None if look.verdict is None else look.verdict.outcome,
            error=None if look.error_class is None else look.error_class.value, policy=look.policy,
        )
    )  # fmt: skip
    if look.agreed is not None:
        public["agreed"] = look.agreed
    entry = ledger.Entry(
        kind=ledger.Kind.QUALITY_LOOK, subject=ledger.Subject.case(look.case_id), public=public
    )
    await ledger.append(tx, entry, now=now)
