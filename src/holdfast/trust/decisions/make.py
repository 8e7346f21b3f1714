"""Making a decision of any kind: its row, its leaf, its effects, and the first of them done, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...platform.ids import new_id
from ...platform.outbox import NewJob
from ...pure.permissions import Permission
from ...records import ledger
from ...records.holds import HoldQuery, Scope, Terms
from ..effects import ActionKind, By, NewEffect, SubjectKind, apply_effects, wish
from ..policies import Basis, Policy, current_policy, policy_version, read_reference
from ..preservation import place
from ..staff_actions import CLOCK, ActorKind, Staff, Subject, Versions, Why, record_action
from ..staff_actions import SubjectKind as LoggedKind
from ..statements import Automation
from ..templates import fill, newest_template
from . import store
from .errors import RulingNotAllowed
from .events import DecisionMade
from .model import (
    NEEDS_USERS,
    Action,
    Decision,
    Ruling,
    Target,
    action_code,
    as_json,
    effects_of,
)
from .queries import Involved, involved
from .tell import tell_decision

AT_ONCE: Final = 25
"""Effects that are done in the transaction of the decision; the others follow as jobs. So however much it is about, a
decision takes as long as one about this much."""
_HELD_MOST = 100


class Origin(msgspec.Struct, frozen=True):
    """Where a decision comes from, and what it goes back to."""

    kind: str = "case"
    case_id: int | None = None
    parent_id: int | None = None
    copy_of: str | None = None
    plan_id: int | None = None
    lane: str | None = None
    source_type: str = "SOURCE_VOLUNTARY"
    automated_detection: bool = False
    automation: Automation | None = None
    versions: Versions = Versions()
    about: tuple[str, ...] = ()
    """Records of the ledger that it is about."""


async def require_for(tx: Tx, staff: Staff, ruling: Ruling) -> None:
    """Whether this person's role includes what the ruling does. Raises RoleLacks."""
    staff.require(Permission.MANAGE_REPORTS)
    if ruling.has(*NEEDS_USERS):
        staff.require(Permission.MANAGE_USERS)


def require_above_all(staff: Staff, ruling: Ruling, people: dict[int, Involved]) -> None:
    """Nobody decides about equals, or oneself. Raises NotYourRank."""
    if ruling.restricts:
        for person in people.values():
            staff.require_above(person.id, person.role)


async def resolved(tx: Reader, ruling: Ruling, now: Instant) -> tuple[Ruling, Policy | None]:
    """The ruling with its policy and template in the version that counts from now on.

    Raises PolicyNotThere, PolicyNotAllowed, TemplateNotThere, PlaceholderLeft.
    """
    policy = None
    if ruling.policy:
        if "@" in ruling.policy:
            policy = await policy_version(tx, *read_reference(ruling.policy))
        else:
            policy = await current_policy(tx, ruling.policy, now)
        ruling = msgspec.structs.replace(ruling, policy=policy.reference)
    if ruling.template:
        template = await newest_template(tx, ruling.template.partition("@")[0])
        for language in template.template.texts:
            fill(template.template, ruling.values, language=language)
        ruling = msgspec.structs.replace(ruling, template=template.reference)
    return ruling, policy


async def people_of(tx: Tx, targets: Sequence[Target], ruling: Ruling) -> dict[int, Involved]:
    """The accounts that a ruling about these is about. Raises RulingNotAllowed for named ones that are not among them."""
    concerned = {one.account_id for one in targets if one.account_id is not None}
    if ruling.account_ids is not None and not set(ruling.account_ids) <= concerned:
        raise RulingNotAllowed("account_ids", "names an account that this is not about")
    return await involved(tx, concerned)


async def make_decision(
    tx: Tx, staff: Staff, targets: Sequence[Target], ruling: Ruling, origin: Origin, *,
    people: dict[int, Involved], policy: Policy | None, effects: Sequence[NewEffect] | None = None, swept: int = 0,
    decision_id: int | None = None, now: Instant,
) -> Decision | None:  # fmt: skip
    """Record it and begin with what it does; None when the copy that it is about was decided about before.

    The ruling is checked and resolved. effects: when they are not those that follow from the ruling. swept: subjects of
    the effects besides the targets.
    """
    decision_id = decision_id or new_id(now)
    if effects is None:
        members = [person.id for person in people.values() if person.member]
        effects = effects_of(ruling, decision_id, targets, members)
    record_id = await ledger.append(
        tx, _entry(staff, ruling, origin, policy, people, len(targets) + swept), now=now
    )
    subject = Subject(
        LoggedKind.DECISION if origin.case_id is None else LoggedKind.CASE, origin.case_id or decision_id
    )
    draft = unmade(staff, ruling, origin, now)
    versions = draft.versions
    action_id = await record_action(
        tx, staff, f"{subject.kind.value}.decide", subject, why=Why(ruling.reason), now=now, versions=versions,
        case_id=origin.case_id, decision_id=decision_id, record_id=record_id, actions=action_code(ruling),
        outcome=ruling.outcome, kind=origin.kind,
    )  # fmt: skip
    decision = msgspec.structs.replace(
        draft, id=decision_id, subjects=len(targets) + swept, action_id=action_id, record_id=record_id
    )
    if not await store.insert_decision(tx, decision, copy_of=origin.copy_of):
        return None
    await wish(tx, decision_id, effects)
    for action in ruling.actions:
        if action.kind is ActionKind.REFER:
            await _refer(tx, decision, action, targets, now)
    await begin(tx, decision, now)
    tx.emit(DecisionMade(decision_id, origin.case_id))
    return decision


def unmade(staff: Staff, ruling: Ruling, origin: Origin, now: Instant) -> Decision:
    """A decision as it would be made, without its id, its records, and what it is about. The ruling is resolved."""
    policy = ruling.policy or None
    return Decision(
        0, origin.kind, origin.case_id, origin.parent_id, origin.plan_id, staff.account_id, staff.role,
        staff.kind.value, msgspec.structs.replace(origin.versions, policy=policy), policy, ruling.outcome, ruling, 0,
        origin.lane, origin.source_type, origin.automated_detection, _automation(staff, origin).value, 0, "", now,
        None, None, None, None, None, None, None,
    )  # fmt: skip


def by_of(decision: Decision) -> By:
    """On whose behalf the effects of a decision are done."""
    staff = Staff(decision.actor_id, decision.actor_role, ActorKind(decision.made_by))
    return By(
        staff, decision.id, decision.record_id, decision.case_id, decision.versions, decision.ruling.reason
    )


async def begin(tx: Tx, decision: Decision, now: Instant, *, most: int = AT_ONCE) -> bool:
    """Do the next part of what a decision does, and leave a job for the rest; whether all is done."""
    done = await apply_effects(tx, by_of(decision), most=most, tell=tell_decision, now=now)
    if done < most:
        await store.mark_settled(tx, decision.id, now)
        return True
    tx.enqueue(settling("settle_decision", decision.id))
    return False


def settling(kind: str, decision_id: int) -> NewJob:
    """The job that goes on with a decision; one after the other for each."""
    payload = msgspec.json.encode({"decision_id": decision_id})
    return NewJob(kind, payload, lock_key=f"decision {decision_id}", unique_key=f"{kind} {decision_id}")


def _automation(staff: Staff, origin: Origin) -> Automation:
    if origin.automation is not None:
        return origin.automation
    return Automation.FULLY if staff.kind in (ActorKind.RULES, ActorKind.MODEL) else Automation.NOT


def _entry(
    staff: Staff,
    ruling: Ruling,
    origin: Origin,
    policy: Policy | None,
    people: dict[int, Involved],
    subjects: int,
) -> ledger.Entry:
    public: dict[str, str | int] = {
        "action": action_code(ruling),
        "outcome": ruling.outcome,
        "automation": _automation(staff, origin).value.removeprefix("AUTOMATED_DECISION_").lower(),
        "role": staff.role,
        "members": subjects,
    }
    if policy is not None:
        law = policy.document.basis is Basis.LAW
        public |= {
            "policy": policy.reference, "basis": policy.document.basis.value,
            "ground": "illegal" if law else "incompatible",
        }  # fmt: skip
    if origin.lane:
        public["lane"] = origin.lane
    if ruling.template:
        public["template"] = ruling.template
    if origin.versions.rule and len(origin.versions.rule) <= 64:
        public["rule"] = origin.versions.rule
    subject: ledger.Subject | None = None
    if len(people) == 1:
        subject = ledger.Subject.account(next(iter(people)))
    elif origin.case_id is not None:
        subject = ledger.Subject.case(origin.case_id)
    return ledger.Entry(
        kind=ledger.Kind.DECISION, subject=subject, public=public, private={"ruling": as_json(ruling)},
        related=tuple((ledger.Relation.ABOUT, one) for one in origin.about),
    )  # fmt: skip


async def _refer(tx: Tx, decision: Decision, action: Action, targets: Sequence[Target], now: Instant) -> None:
    """Keep what an authority is to be told of from being deleted, and write down that it is to be told."""
    hold_ids = []
    scopes = {SubjectKind.POST: Scope.POST, SubjectKind.ACCOUNT: Scope.ACCOUNT}
    terms = Terms(f"referred to {action.authority}: {action.note}"[:2000], action.authority[:500])
    for target in targets[:_HELD_MOST]:
        query = HoldQuery(scopes[target.kind], int(target.key))
        hold_ids.append((await place(tx, CLOCK, query, terms, now=now)).id)
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.REFERRAL, public={} if action.sealed else {"to": "authority", "basis": "law"},
            private={"authority": action.authority, "note": action.note}, sealed=action.sealed,
            related=() if action.sealed else ((ledger.Relation.ABOUT, decision.record_id),),
        ),
        now=now,
    )  # fmt: skip
    await store.insert_referral(
        tx, new_id(now), decision.id, authority=action.authority.strip(), note=action.note.strip(),
        subjects=[f"{one.kind.value}:{one.key}" for one in targets], hold_ids=hold_ids, sealed=action.sealed,
        record_id=record_id, now=now,
    )  # fmt: skip
