"""Use case: a notice goes on, step by step; clocks that wait for the step are met, those that count from it begin."""

from __future__ import annotations

from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.deadlines import Basis, ClockState, MetBy, Purpose
from ...pure.notices import (
    NoticeOutcome,
    NoticeState,
    Progress,
    Step,
    StepNotPossible,
    outcome_of,
)
from ...pure.notices import take_step as step_of
from ...records import ledger
from ..notice_clocks import begin_counting, clocks_of, end_clocks, meet_clocks, view
from ..notice_items import outcomes_of
from ..staff_actions import CLOCK, Staff
from . import store
from .errors import NoticeChanged, NoticeNotForYou
from .events import NoticeAnswered, NoticeChangedState, NoticeClosed, NoticeDecided
from .model import Notice, leaf_about
from .queries import lock_notice

MEETS: Final = {
    Step.ACKNOWLEDGE: MetBy.ACKNOWLEDGED, Step.TRIAGE: MetBy.TRIAGED, Step.DECIDE: MetBy.DECIDED, Step.ANSWER: MetBy.ANSWERED,
}  # fmt: skip
"""Which clocks each step meets."""
TO_REVIEW: Final = {
    NoticeState.ACKNOWLEDGED: (Step.TRIAGE, Step.START_REVIEW), NoticeState.TRIAGED: (Step.START_REVIEW,),
    NoticeState.NEEDS_INFO: (Step.START_REVIEW,), NoticeState.DISPUTED: (Step.START_REVIEW,),
    NoticeState.COUNTER_NOTICED: (Step.START_REVIEW,), NoticeState.APPEALED: (Step.START_REVIEW,),
}  # fmt: skip
"""What somebody who decides has done on the way: from each state to the review."""
_NOTHING_TO_DO: Final = frozenset(
    {NoticeOutcome.REFUSED, NoticeOutcome.INVALID, NoticeOutcome.DUPLICATE, NoticeOutcome.OUT_OF_SCOPE}
)
_SETTLED: Final = frozenset({NoticeState.DECIDED, NoticeState.ANSWERED, NoticeState.CLOSED})


async def take_step(
    tx: Tx, staff: Staff, notice_id: int, step: Step, *, note: str = "", version: int | None = None,
    evidence: str = "", now: Instant,
) -> Notice:  # fmt: skip
    """Take one step of `pure/notices`; the notice as it is now. evidence: the record or message that shows it.

    DECIDE goes through the review where a notice was not reviewed in so many words. CLOSE needs every clock to act met,
    unless there was nothing to do.
    Raises RoleLacks, NoticeNotThere, NoticeNotForYou, NoticeChanged, StepNotPossible which says what is missing.
    """
    notice = await lock_notice(tx, staff, notice_id)
    if version is not None and version != notice.version:
        raise NoticeChanged
    not_ones_own(staff, notice)
    if step is Step.DECIDE:
        notice = await to_review(tx, staff, notice, now=now)
    return await go_on(tx, staff, notice, step, note=note, evidence=evidence, now=now)


async def to_review(tx: Tx, staff: Staff, notice: Notice, *, now: Instant) -> Notice:
    """The notice in review, where there is a way from where it stands; else as it is. It is locked."""
    for step in TO_REVIEW.get(notice.state, ()):
        notice = await go_on(tx, staff, notice, step, now=now)
    return notice


async def go_on(
    tx: Tx, staff: Staff, notice: Notice, step: Step, *, note: str = "", evidence: str = "", now: Instant
) -> Notice:
    """One step of a notice that is locked. Raises StepNotPossible."""
    before = Progress(notice.state, await outcomes_of(tx, notice.id), notice.whole)
    after = step_of(before, step)
    outcome = outcome_of(after) if after.state in _SETTLED else None
    if step is Step.CLOSE:
        await _need_no_clock(tx, notice, outcome, now)
    record_id = await _record(tx, staff, notice, step, after, outcome, note=note, evidence=evidence, now=now)
    await store.set_state(tx, notice.id, after.state, outcome=outcome, now=now)
    if step is Step.CLOSE:
        await store.set_closed_record(tx, notice.id, record_id)
    await _move_clocks(tx, staff, notice, step, record_id, now)
    await store.add_event(
        tx, notice.id, f"step.{step.value}", staff, now=now, note=note, record_id=record_id, state=after.state.value,
        evidence=evidence or None, outcome=outcome and outcome.value,
    )  # fmt: skip
    await store.recount(tx, notice.id)
    tx.emit(NoticeChangedState(notice.id, after.state.value))
    made = {Step.DECIDE: NoticeDecided, Step.ANSWER: NoticeAnswered, Step.CLOSE: NoticeClosed}.get(step)
    if made is not None:
        tx.emit(made(notice.id))
    return await lock_notice(tx, CLOCK, notice.id)


def not_ones_own(staff: Staff, notice: Notice) -> None:
    """Nobody of the staff works on what they sent themselves. Raises NoticeNotForYou."""
    if staff.account_id is not None and staff.account_id == notice.sender.account_id:
        raise NoticeNotForYou


async def _need_no_clock(tx: Tx, notice: Notice, outcome: NoticeOutcome | None, now: Instant) -> None:
    if outcome in _NOTHING_TO_DO:
        # What has to be kept is kept all the same.
        await end_clocks(tx, notice.id, purposes=(Purpose.ACT,), now=now)
        return
    waiting = [
        one.clock.name
        for one in (view(clock, now) for clock in await clocks_of(tx, [notice.id]))
        if one.clock.purpose is Purpose.ACT
        and one.clock.met_at is None
        and one.state not in (None, ClockState.OVER)
    ]
    if waiting:
        raise StepNotPossible(
            f"Not possible yet: the clock {', '.join(waiting)} waits. Say when it was met, and which record shows it."
        )


async def _record(
    tx: Tx, staff: Staff, notice: Notice, step: Step, after: Progress, outcome: NoticeOutcome | None, *,
    note: str, evidence: str, now: Instant,
) -> str:  # fmt: skip
    private = {"note": note, "evidence": evidence}
    if step is Step.CLOSE:
        public = {"basis": notice.preset, "outcome": outcome and outcome.value, "items": notice.items}
        public["took"] = took(notice.received_at, now)
        return await ledger.append(
            tx, leaf_about(notice, ledger.Kind.NOTICE_CLOSED, public, private), now=now
        )
    public = {
        "step": step.value, "state": after.state.value, "basis": notice.preset, "role": staff.role,
        "outcome": outcome and outcome.value,
    }  # fmt: skip
    return await ledger.append(tx, leaf_about(notice, ledger.Kind.NOTICE_STEP, public, private), now=now)


async def _move_clocks(
    tx: Tx, staff: Staff, notice: Notice, step: Step, record_id: str, now: Instant
) -> None:
    if step in MEETS:
        await meet_clocks(tx, notice.id, MEETS[step], by=staff.account_id, evidence=record_id, now=now)
    if step is Step.DECIDE:
        await begin_counting(tx, notice.id, Basis.DECISION, now, now=now)
    if step is Step.RECEIVE_INFO and notice.valid_at is None:
        # What was missing came: the moment from which it is valid. A person may say another one.
        await complete(tx, notice, now, now=now)


async def complete(tx: Tx, notice: Notice, at: Instant, *, now: Instant) -> None:
    """Nothing that the law asks for is missing any more, since a moment: clocks that run from validity begin."""
    done = dict.fromkeys(notice.completeness, "ok")
    await store.set_valid(tx, notice.id, at, done)
    await begin_counting(tx, notice.id, Basis.VALIDITY, at, now=now)


def took(since: Instant, until: Instant) -> str:
    """How long, as a code for the ledger."""
    hours = (until - since).total_seconds() / 3600
    for most, name in (
        (1, "under-1h"),
        (4, "under-4h"),
        (24, "under-1d"),
        (72, "under-3d"),
        (168, "under-7d"),
    ):
        if hours < most:
            return name
    return "under-30d" if hours < 720 else "over-30d"
