"""Bulk: plan, look, have a second person agree, run. What a plan led to is undone as one decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from ...pure.errors import Invalid
from ...trust.bulk import (
    BulkLimits,
    BulkPlan,
    BulkQuery,
    approve_plan,
    get_plan,
    plan_bulk,
    plans,
    run_plan,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import RouteTable
from .decisions import RulingForm, decision_entities, person_entity, planned_entities, ruling_of
from .render import items
from .routes import API, ScopedAccess, id_of, iso, limit_of, public_id, staff_of

routes = RouteTable()
_ONE = f"{API}/bulk/{{id}}"


class QueryForm(msgspec.Struct):
    """Which posts; what is left out does not ask."""

    account_id: str = ""
    rule: str = ""
    rule_version: str = ""
    since: datetime | None = None
    until: datetime | None = None
    domain: str = ""
    link: str = ""
    text: str = ""
    verdict: Literal["", "allow", "flag", "hold"] = ""
    reverts: bool = False


class PlanForm(msgspec.Struct):
    """A query, and what is decided about everything that it finds."""

    query: QueryForm = msgspec.field(default_factory=QueryForm)
    ruling: RulingForm = msgspec.field(default_factory=RulingForm)


class RunForm(msgspec.Struct):
    """The plan's digest, as the one who runs it read it."""

    digest: str = ""


class PlansQuery(msgspec.Struct):
    """Part of the list. `after`: the last one of the page before."""

    after: str = ""
    limit: int = 0


@routes.post(f"{API}/bulk", ScopedAccess.write)
async def plan(call: Call) -> Answer:
    """Make a plan: how many, a sample, the largest accounts, what would change, the digest. Nothing is changed."""
    asked, services = await call.params(PlanForm), call.services
    async with services.database.transaction() as tx:
        found = await plan_bulk(
            tx, staff_of(call), _query(services, asked.query), ruling_of(services, asked.ruling),
            own_domain=services.settings.domain, limits=bulk_limits(services), now=call.now,
        )  # fmt: skip
    posts = await items(services, await call.viewer(), found.sample)
    return json_answer(
        {
            **_entity(services, found.plan),
            "sample": [posts[ident] for ident in found.sample if ident in posts],
            "largest": [{**person_entity(services, one.person), "found": one.posts} for one in found.largest],
            "changes": planned_entities(found.planned),
            "told": found.told,
        }
    )


@routes.get(f"{API}/bulk", ScopedAccess.read)
async def show_all(call: Call) -> Answer:
    """Plans, the newest first."""
    asked, services = await call.params(PlansQuery), call.services
    found = await plans(
        services.database, limit=limit_of(asked.limit), before_id=id_of(services, asked.after, "after")
    )
    return json_answer([_entity(services, one) for one in found])


@routes.get(_ONE, ScopedAccess.read)
async def show(call: Call) -> Answer:
    """One plan."""
    return json_answer(_entity(call.services, await get_plan(call.services.database, call.id_segment())))


@routes.post(f"{_ONE}/approve", ScopedAccess.write)
async def approve(call: Call) -> Answer:
    """Agree to what somebody else planned."""
    plan_id = call.id_segment()
    async with call.services.database.transaction() as tx:
        approved = await approve_plan(tx, staff_of(call), plan_id, now=call.now)
    return json_answer(_entity(call.services, approved))


@routes.post(f"{_ONE}/run", ScopedAccess.write)
async def run(call: Call) -> Answer:
    """Do what the plan says, if nothing changed since; the decision that it led to."""
    plan_id, asked, services = call.id_segment(), await call.params(RunForm), call.services
    async with services.database.transaction() as tx:
        made = await run_plan(
            tx, staff_of(call), plan_id, digest=asked.digest, own_domain=services.settings.domain,
            limits=bulk_limits(services), now=call.now,
        )  # fmt: skip
    return json_answer((await decision_entities(services, [made]))[0])


def bulk_limits(services: Services) -> BulkLimits:
    """How much may be decided about at once."""
    return BulkLimits(services.settings.bulk_most, services.settings.bulk_second_person_above)


def _query(services: Services, asked: QueryForm) -> BulkQuery:
    for name in ("since", "until"):
        at = getattr(asked, name)
        if at is not None and at.tzinfo is None:
            raise Invalid(f"{name} must say its offset, such as 2026-01-31T12:00:00Z")
    return BulkQuery(
        id_of(services, asked.account_id, "account_id"), asked.rule.strip(), asked.rule_version.strip(), asked.since,
        asked.until, asked.domain.strip(), asked.link.strip(), asked.text, asked.verdict, asked.reverts,
    )  # fmt: skip


def _entity(services: Services, one: BulkPlan) -> dict[str, Any]:
    query: dict[str, Any] = msgspec.to_builtins(one.query)
    if one.query.account_id is not None:
        query["account_id"] = services.ids.encode(one.query.account_id)
    ruling: dict[str, Any] = msgspec.to_builtins(one.ruling)
    if one.ruling.account_ids is not None:
        ruling["account_ids"] = [services.ids.encode(ident) for ident in one.ruling.account_ids]
    return {
        "id": services.ids.encode(one.id),
        "query": query,
        "ruling": ruling,
        "found": one.found,
        "accounts": one.accounts,
        "digest": one.digest,
        "needs_second": one.needs_second(bulk_limits(services)),
        "planned_by": public_id(services, one.planned_by),
        "planned_at": iso(one.planned_at),
        "approved_by": public_id(services, one.approved_by),
        "approved_at": iso(one.approved_at),
        "decision_id": public_id(services, one.decision_id),
        "run_at": iso(one.run_at),
    }
