"""The breaker of the backlog: what it has in force, what it did, and a pause for it. The first two are for everybody."""

from __future__ import annotations

from typing import Any

import msgspec

from ...trust.breaker import BreakerStep, breaker_steps, pause
from ..answers import Answer, json_answer
from ..breaking import breaker_now
from ..call import Call
from ..routes import Access, RouteTable
from .routes import API, ScopedAccess, iso, limit_of, staff_of

routes = RouteTable()


class StepsQuery(msgspec.Struct):
    """How many steps."""

    limit: int = 0


class PauseForm(msgspec.Struct):
    """For how many hours (0 ends a pause), and why."""

    hours: int = 1
    reason: str = ""


@routes.get(f"{API}/breaker", Access.anyone())
async def show(call: Call) -> Answer:
    """What is in force now, and every stage that there is."""
    return await _shown(call)


@routes.get(f"{API}/breaker/steps", Access.anyone())
async def history(call: Call) -> Answer:
    """What it did, the newest first, each with its record in the ledger."""
    asked = await call.params(StepsQuery)
    found = await breaker_steps(call.services.database, limit=limit_of(asked.limit))
    return json_answer([_step(one) for one in found])


@routes.post(f"{API}/breaker/pause", ScopedAccess.settings)
async def pause_it(call: Call) -> Answer:
    """Leave every stage, and enter none for so long."""
    asked, services = await call.params(PauseForm), call.services
    async with services.database.transaction() as tx:
        await pause(
            tx, staff_of(call), services.breaker.policy, hours=asked.hours, reason=asked.reason, now=call.now
        )
    return await _shown(call)


async def _shown(call: Call) -> Answer:
    services, policy = call.services, call.services.breaker.policy
    found = await services.breaker.now()
    paused = found.paused_until if found.paused_until and found.paused_until > call.now else None
    return json_answer(
        {
            **await breaker_now(services),
            "on": services.settings.backlog_breaker,
            "paused_until": iso(paused),
            "policy": policy.reference,
            "lanes": list(policy.lanes),
            "stages": [msgspec.to_builtins(one) for one in policy.stages],
        }
    )


def _step(one: BreakerStep) -> dict[str, Any]:
    return {**msgspec.structs.asdict(one), "at": iso(one.at)}
