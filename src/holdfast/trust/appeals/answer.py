"""Use case: an appeal is answered, by a person who had no part in what it is about."""

from __future__ import annotations

from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...records import ledger
from ...social.posts import PostState, decide_post
from .. import cases
from ..decisions import Action as RulingAction
from ..decisions import (
    Decision,
    Origin,
    Ruling,
    Target,
    check,
    decide,
    get_decision,
    make_decision,
    people_of,
    require_above_all,
    require_for,
    resolved,
    targets_of_posts,
    undo,
)
from ..effects import ActionKind
from ..effects import SubjectKind as EffectKind
from ..staff_actions import (
    ActorKind,
    Change,
    RoleLacks,
    Staff,
    Subject,
    SubjectKind,
    WarningKind,
    Why,
    public_of,
    record_action,
    warn_account,
)
from . import store
from .errors import AppealClosed, AppealNotAllowed, AppealNotThere
from .events import AppealDecided
from .model import Appeal, AppealKind, AppealLimits, Outcome, said, took
from .queries import appeals_of_case, get_appeal, lock_appeal

_PEOPLE: Final = frozenset({ActorKind.STAFF, ActorKind.OPERATOR})
_THEIRS_SQL = """
select distinct subject_kind, subject_key from effects
where decision_id = any($1::bigint[]) and account_id = $2 and subject_kind in ('post', 'account') and aspect <> 'told'
"""


async def answer(
    tx: Tx,
    staff: Staff,
    appeal_id: int,
    *,
    version: int,
    outcome: Outcome,
    text: str,
    ruling: Ruling | None = None,
    limits: AppealLimits,
    now: Instant,
) -> Appeal:
    """Answer it: what was decided stays (upheld), is replaced by something milder (partial), or is taken back (overturned).

    text: the answer that the member is told. version: of the appeal's case that was read. ruling: of a partial one, what
    is decided instead; of a report that was rightly made, what is decided about it now (without one its case waits for
    somebody); of a hold that was right, what is decided about the post.
    Raises RoleLacks, NotYourRank, AppealNotThere, AppealClosed, CaseNotForYou for the first reviewer and whoever else is
    concerned, CaseChanged, CaseTaken, AppealNotAllowed, RulingNotAllowed, PolicyNotThere.
    """
    staff.require(Permission.MANAGE_REPORTS)
    if staff.kind not in _PEOPLE:
        raise RoleLacks  # never a program alone
    appeal = await lock_appeal(tx, appeal_id)
    if appeal.outcome is not None:
        raise AppealClosed
    if staff.account_id is not None and await cases.conflicts(
        tx, appeal.case_id, staff.account_id, relations=False
    ):
        raise cases.CaseNotForYou
    text = said(text, limits, field="answer")
    if outcome is Outcome.SETTLED:
        raise AppealNotAllowed("outcome", "must be upheld, partial or overturned")
    made = await _ACTS[appeal.kind](tx, staff, appeal, outcome, ruling, now)
    return await close(
        tx,
        staff,
        appeal,
        outcome,
        text=text,
        version=version,
        new_decision_id=None if made is None else made.id,
        now=now,
    )


async def close(
    tx: Tx, staff: Staff, appeal: Appeal, outcome: Outcome, *, text: str, version: int | None = None,
    new_decision_id: int | None = None, now: Instant,
) -> Appeal:  # fmt: skip
    """Write down what came of it, close its case, and tell whoever appealed. version None: whatever it is now."""
    about = [appeal.record_id]
    if appeal.decision_id is not None:
        about.append((await get_decision(tx, appeal.decision_id)).record_id)
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.APPEAL_DECIDED, subject=ledger.Subject.account(appeal.account_id),
            public=public_of(
                policy=appeal.policy, action=appeal.kind.value, outcome=outcome.value, role=staff.role,
                took=took(appeal.filed_at, now),
            ),
            private={"answer": text}, related=tuple((ledger.Relation.ABOUT, one) for one in about),
        ),
        now=now,
    )  # fmt: skip
    await store.set_outcome(
        tx, appeal.id, outcome, answer=text, by=staff.account_id, record_id=record_id, new_decision_id=new_decision_id,
        now=now,
    )  # fmt: skip
    case = await cases.lock_case(tx, appeal.case_id)
    if version is not None and version != case.version:
        raise cases.CaseChanged
    others = [one for one in await appeals_of_case(tx, appeal.case_id) if one.outcome is None]
    if not others and case.closed_at is None:
        await cases.close(
            tx, case.id, version=case.version, decision_id=new_decision_id, outcome=outcome.value, staff=staff,
            record_id=record_id, now=now,
        )  # fmt: skip
    subject = Subject(SubjectKind.CASE, appeal.case_id)
    action_id = await record_action(
        tx, staff, "case.appeal_answer", subject, now=now, case_id=appeal.case_id, record_id=record_id,
        outcome=outcome.value, kind=appeal.kind.value,
    )  # fmt: skip
    if not others:
        await record_action(
            tx, staff, f"{case.subject.kind.value}.appeal_over", case.subject, now=now, case_id=appeal.case_id,
            record_id=record_id, change=Change(appealed=False), outcome=outcome.value,
        )  # fmt: skip
    if appeal.kind is not AppealKind.REPORT and outcome in (Outcome.UPHELD, Outcome.PARTIAL):
        # What is taken back is told with the statement of the first decision.
        await warn_account(
            tx, appeal.account_id, WarningKind.NONE, action_id=action_id, why=Why(policy=text), now=now
        )
    tx.emit(AppealDecided(appeal.id, outcome.value, appeal.decision_id))
    return await get_appeal(tx, appeal.id)


async def _of_decision(
    tx: Tx, staff: Staff, appeal: Appeal, outcome: Outcome, ruling: Ruling | None, now: Instant
) -> Decision | None:
    if outcome is Outcome.UPHELD:
        return None
    if appeal.decision_id is None:
        raise AppealNotThere
    decision = await get_decision(tx, appeal.decision_id)
    if outcome is Outcome.OVERTURNED:
        await _take_back(tx, staff, decision, now)
        return None
    if ruling is None:
        raise AppealNotAllowed("ruling", "must say what is decided instead")
    if await _of_others_too(tx, decision, appeal.account_id) or decision.kind != "case":
        if not ruling.has(ActionKind.RESTORE):
            raise AppealNotAllowed(
                "ruling", "must restore: the first decision stays for the others it is about"
            )
    else:
        await _take_back(tx, staff, decision, now)
    return await _instead(tx, staff, appeal, decision, ruling, now)


async def _take_back(tx: Tx, staff: Staff, decision: Decision, now: Instant) -> None:
    await undo(tx, staff, decision.id, reason="an appeal was right", cause="appeal", now=now)


async def _of_others_too(tx: Tx, decision: Decision, account_id: int) -> bool:
    return bool(
        await tx.fetchval(
            "select exists (select 1 from effects where decision_id = $1 and account_id <> $2)",
            decision.id,
            account_id,
        )
    )


async def _instead(
    tx: Tx, staff: Staff, appeal: Appeal, first: Decision, ruling: Ruling, now: Instant
) -> Decision:
    """A decision about what is the appellant's alone; it can be appealed in its turn, before a third person."""
    await require_for(tx, staff, ruling)
    rows = await tx.fetch(_THEIRS_SQL, [first.id], appeal.account_id)
    posts = [int(row["subject_key"]) for row in rows if row["subject_kind"] == "post"]
    targets = await targets_of_posts(tx, posts)
    if not posts or ruling.has(ActionKind.RESTORE):
        targets.append(Target(EffectKind.ACCOUNT, str(appeal.account_id), appeal.account_id))
    ruling, policy = await resolved(tx, check(ruling, now), now)
    people = await people_of(tx, targets, ruling)
    require_above_all(staff, ruling, people)
    origin = Origin(
        "appeal", first.case_id, first.id, lane=first.lane, source_type=first.source_type,
        automated_detection=first.automated_detection, about=(first.record_id, appeal.record_id),
    )  # fmt: skip
    made = await make_decision(tx, staff, targets, ruling, origin, people=people, policy=policy, now=now)
    if made is None:  # only copies can have been decided about already
        raise AppealClosed
    return made


async def _of_report(
    tx: Tx, staff: Staff, appeal: Appeal, outcome: Outcome, ruling: Ruling | None, now: Instant
) -> Decision | None:
    if outcome is Outcome.UPHELD:
        return None
    if outcome is Outcome.PARTIAL:
        raise AppealNotAllowed("outcome", "of a report is upheld or overturned")
    if appeal.about_case_id is None:
        raise AppealNotThere
    if appeal.decision_id is not None:
        decision = await get_decision(tx, appeal.decision_id)
        if decision.undone_at is None:
            await undo(
                tx, staff, decision.id, reason="an appeal was right", reopen=True, cause="appeal", now=now
            )
    case = await cases.reopen(tx, staff, appeal.about_case_id, reason="appeal", now=now)
    if ruling is None:
        return None
    return await decide(tx, staff, case.id, version=await _version(tx, case.id), ruling=ruling, now=now)


async def _of_hold(
    tx: Tx, staff: Staff, appeal: Appeal, outcome: Outcome, ruling: Ruling | None, now: Instant
) -> Decision | None:
    if appeal.post_id is None:
        raise AppealNotThere
    if outcome is Outcome.OVERTURNED:
        ruling = Ruling((RulingAction(ActionKind.NO_VIOLATION),), reason="an appeal was right")
    elif ruling is None or not ruling.restricts:
        raise AppealNotAllowed("ruling", "must say what is decided about the post, since the hold was right")
    subject = Subject.post(appeal.post_id, appeal.account_id)
    case_id = await cases.open_case_of(tx, "post", str(appeal.post_id))
    if case_id is None:
        await decide_post(tx, appeal.post_id, PostState.HELD)
        signal = cases.Signal(
            cases.Source.APPEAL, subject, "appeal", policy=appeal.policy, hidden=True, fresh=True
        )
        case_id = await cases.open_or_join(tx, signal, now=now)
    if (await cases.get_case(tx, case_id)).members > 1:
        case_id = await cases.take_out(tx, staff, case_id, subject, reason="appeal", now=now)
    return await decide(tx, staff, case_id, version=await _version(tx, case_id), ruling=ruling, now=now)


async def _version(tx: Tx, case_id: int) -> int:
    return (await cases.get_case(tx, case_id)).version


_ACTS: Final = {
    AppealKind.DECISION: _of_decision,
    AppealKind.REPORT: _of_report,
    AppealKind.HOLD: _of_hold,
}
