"""Legal holds: what no deletion may remove. For administrators; nobody else learns of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from ...pure.permissions import Permission
from ...pure.window import NEWEST, Window
from ...records.holds import Hold, HoldQuery, Scope, Terms, hold_of, holds, parked_by
from ...trust.preservation import place, release
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .routes import API, id_of, iso, limit_of, public_id, staff_of

routes = RouteTable()
_ONE = f"{API}/holds/{{id}}"
_READ = Access.staff(Permission.DELETE_USER_DATA, "admin:read:reports")
_WRITE = Access.staff(Permission.DELETE_USER_DATA, "admin:write:reports")
_WAITING_SHOWN = 200


class HoldForm(msgspec.Struct):
    """What is held, and why. `since`, `before`: of an account only what was made in between; `until`: it ends by itself."""

    scope: Literal["account", "post", "media", "thread", "report", "notice"] = "account"
    id: str = ""
    reason: str = ""
    authority: str = ""
    since: datetime | None = None
    before: datetime | None = None
    until: datetime | None = None


class ReleaseForm(msgspec.Struct):
    """Why it is let go."""

    reason: str = ""


class HoldsQuery(msgspec.Struct):
    """Part of the list. `after`: the last one of the page before. `ended`: those that were released too."""

    after: str = ""
    limit: int = 0
    ended: bool = False


@routes.get(f"{API}/holds", _READ)
async def show_all(call: Call) -> Answer:
    """Holds, the newest first."""
    asked, services = await call.params(HoldsQuery), call.services
    below = id_of(services, asked.after, "after") or NEWEST
    page = Window(limit_of(asked.limit), below)
    found = await holds(services.database, page, ended=asked.ended)
    return json_answer([_entity(services, one) for one in found])


@routes.post(f"{API}/holds", _WRITE)
async def create(call: Call) -> Answer:
    """Place one."""
    asked, services = await call.params(HoldForm), call.services
    query = HoldQuery(Scope(asked.scope), id_of(services, asked.id, "id") or 0, asked.since, asked.before)
    terms = Terms(asked.reason, asked.authority, asked.until)
    async with services.database.transaction() as tx:
        made = await place(tx, staff_of(call), query, terms, now=call.now)
    return json_answer(_entity(services, made))


@routes.get(_ONE, _READ)
async def show(call: Call) -> Answer:
    """One, with the erasures that wait for it."""
    services, hold_id = call.services, call.id_segment()
    found = await hold_of(services.database, hold_id)
    waiting = await parked_by(services.database, hold_id, limit=_WAITING_SHOWN)
    return json_answer(
        {
            **_entity(services, found),
            "erasures": [
                {
                    "kind": one.subject.value,
                    "id": public_id(services, one.id),
                    "asked_by": one.asked_by,
                    "refused_at": iso(one.refused_at),
                }
                for one in waiting
            ],
        }
    )


@routes.post(f"{_ONE}/release", _WRITE)
async def let_go(call: Call) -> Answer:
    """Release one: what waited for it alone is erased by the worker."""
    hold_id, asked = call.id_segment(), await call.params(ReleaseForm)
    async with call.services.database.transaction() as tx:
        released = await release(tx, staff_of(call), hold_id, reason=asked.reason, now=call.now)
    return json_answer(_entity(call.services, released))


def _entity(services: Services, hold: Hold) -> dict[str, Any]:
    return {
        "id": public_id(services, hold.id),
        "scope": hold.query.scope.value,
        "of": public_id(services, hold.query.id),
        "since": iso(hold.query.since),
        "before": iso(hold.query.before),
        "reason": hold.terms.reason,
        "authority": hold.terms.authority,
        "until": iso(hold.terms.expires_at),
        "placed_by": public_id(services, hold.placed_by),
        "placed_at": iso(hold.placed_at),
        "released_by": public_id(services, hold.released_by),
        "released_at": iso(hold.released_at),
        "release_reason": hold.release_reason,
        "record_id": hold.record_id,
        "waiting": hold.waiting,
    }
