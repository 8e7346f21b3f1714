"""Use cases: a second person agrees to a plan; a plan is run, and what it does is one decision with one undo handle."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.permissions import Permission
from ..decisions import (
    Decision,
    Origin,
    PlanChanged,
    SecondPersonNeeded,
    effects_of,
    involved,
    make_decision,
    policy_named,
    require_above_all,
    require_for,
)
from ..effects import ON, TOLD, NewEffect, SubjectKind
from ..staff_actions import Staff, Versions
from . import store
from .errors import PlanDone
from .model import BulkLimits, BulkPlan, digest_of, targets_of
from .queries import automatic_effects, find_posts, get_plan


async def approve_plan(tx: Tx, staff: Staff, plan_id: int, *, now: Instant) -> BulkPlan:
    """Agree to what somebody else planned. Raises RoleLacks, PlanNotThere, PlanDone, SecondPersonNeeded for one's own."""
    staff.require(Permission.MANAGE_REPORTS)
    plan = await get_plan(tx, plan_id, lock=True)
    if plan.run_at is not None:
        raise PlanDone
    if staff.account_id is None or staff.account_id == plan.planned_by:
        raise SecondPersonNeeded
    await store.set_approved(tx, plan_id, staff.account_id, now)
    return await get_plan(tx, plan_id)


async def run_plan(
    tx: Tx, staff: Staff, plan_id: int, *, digest: str, own_domain: str, limits: BulkLimits, now: Instant
) -> Decision:
    """Do what the plan says, if it is still what was looked at: the same things, in the same state, by the same ruling.

    digest: the plan's, as the one who runs it read it. However much it is, this records it and begins; the rest follows
    as jobs. Raises RoleLacks, NotYourRank, PlanNotThere, PlanDone, PlanChanged, SecondPersonNeeded.
    """
    plan = await get_plan(tx, plan_id, lock=True)
    await require_for(tx, staff, plan.ruling)
    if plan.run_at is not None:
        raise PlanDone
    # The command line is whoever owns the machine: nobody stands beside them.
    alone = plan.approved_by is None or plan.approved_by == plan.planned_by
    if plan.needs_second(limits) and alone and staff.account_id is not None:
        raise SecondPersonNeeded
    query = plan.query
    found = await find_posts(tx, query, own_domain=own_domain, limit=limits.most + 1)
    automatic: list[NewEffect] = []
    if query.reverts:
        automatic = await automatic_effects(tx, query, limit=limits.most + 1)
    if digest != plan.digest or digest_of(found, plan.ruling, query, automatic) != plan.digest:
        raise PlanChanged
    concerned = {one.account_id for one in found} | {one.account_id for one in automatic if one.account_id}
    people = await involved(tx, concerned)
    require_above_all(staff, plan.ruling, people)
    targets, decision_id = targets_of(found), new_id(now)
    members = [one.id for one in people.values() if one.member]
    effects = _together(effects_of(plan.ruling, decision_id, targets, members), automatic, set(members))
    rule = f"{query.rule}@{query.rule_version}" if query.rule and query.rule_version else query.rule or None
    origin = Origin("revert" if query.reverts else "bulk", plan_id=plan.id, versions=Versions(rule=rule))
    decision = await make_decision(
        tx, staff, targets, plan.ruling, origin, people=people, policy=await policy_named(tx, plan.ruling),
        effects=effects, decision_id=decision_id, now=now,
    )  # fmt: skip
    if decision is None:
        raise PlanDone
    await store.set_run(tx, plan.id, decision.id, now)
    return decision


def _together(effects: list[NewEffect], automatic: list[NewEffect], members: set[int]) -> list[NewEffect]:
    """Each aspect of each subject once, and who is told last."""
    done = {(one.kind, one.key, one.aspect): one for one in [*automatic, *effects] if one.aspect != TOLD}
    told = {one.account_id for one in effects if one.aspect == TOLD}
    told |= {one.account_id for one in automatic if one.account_id in members}
    tellings = [
        NewEffect(SubjectKind.ACCOUNT, str(ident), TOLD, ON, ident) for ident in sorted(i for i in told if i)
    ]
    return [*done.values(), *tellings]
