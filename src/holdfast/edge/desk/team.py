"""The team: who has which role and may do what, and how much each is given in a day."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.errors import NotFound
from ...pure.permissions import PERMISSIONS, Permission, outranks, permits
from ...trust.reviewers import Caps, all_caps, set_caps
from ...trust.sanctions import StaffMember, give_role, staff_members
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .routes import API, ScopedAccess, names_of, staff_of

routes = RouteTable()
_ONE = f"{API}/team/{{id}}"
_ROLES = Access.staff(Permission.MANAGE_ROLES, "admin:write:reports")


class RoleForm(msgspec.Struct):
    """The role, and why, for the log."""

    role: str = ""
    reason: str = ""


class CapsForm(msgspec.Struct):
    """How much somebody is given in a day; null: as the settings have it."""

    daily_items: int | None = None
    daily_heavy: int | None = None
    daily_minutes: int | None = None


@routes.get(f"{API}/team", ScopedAccess.read)
async def show_all(call: Call) -> Answer:
    """Everybody with a role, the highest first."""
    found = await staff_members(call.services.database)
    return json_answer(await _entities(call, found))


@routes.get(f"{API}/roles", ScopedAccess.read)
async def show_roles(call: Call) -> Answer:
    """What each role may do, and which of them the caller may give."""
    me = call.actor
    gives = permits(me.role, Permission.MANAGE_ROLES)
    return json_answer(
        [
            {
                "role": role,
                "permissions": permissions_of(role),
                "may_give": gives and (outranks(me.role, role) or me.role == "owner"),
            }
            for role in PERMISSIONS
        ]
    )


@routes.put(f"{_ONE}/role", _ROLES)
async def change_role(call: Call) -> Answer:
    """Give somebody a role, or take it: at once, on every process, and written down."""
    account_id, asked = call.id_segment(), await call.params(RoleForm)
    async with call.services.database.transaction() as tx:
        await give_role(tx, staff_of(call), account_id, asked.role, reason=asked.reason.strip(), now=call.now)
    return json_answer((await _entities(call, [StaffMember(account_id, asked.role)]))[0])


@routes.put(f"{_ONE}/caps", ScopedAccess.settings)
async def change_caps(call: Call) -> Answer:
    """Give somebody of the team less in a day than the settings allow."""
    account_id, asked, services = call.id_segment(), await call.params(CapsForm), call.services
    there = {one.account_id: one for one in await staff_members(services.database)}
    if account_id not in there:
        raise NotFound
    caps = Caps(asked.daily_items, asked.daily_heavy, asked.daily_minutes)
    async with services.database.transaction() as tx:
        await set_caps(tx, account_id, caps, by=call.actor.account_id, now=call.now)
    return json_answer((await _entities(call, [there[account_id]]))[0])


async def _entities(call: Call, found: list[StaffMember]) -> list[dict[str, Any]]:
    services = call.services
    names = await names_of(services, [one.account_id for one in found])
    manages = permits(call.actor.role, Permission.MANAGE_SETTINGS)
    caps = await all_caps(services.database) if manages else {}
    return [
        {
            "account": names.get(one.account_id),
            "role": one.role,
            "permissions": permissions_of(one.role),
            "may_change": permits(call.actor.role, Permission.MANAGE_ROLES)
            and one.account_id != call.actor.account_id
            and outranks(call.actor.role, one.role),
        }
        | ({"caps": msgspec.structs.asdict(caps.get(one.account_id, Caps()))} if manages else {})
        for one in found
    ]


def permissions_of(role: str) -> list[str]:
    """What a role may do, by name."""
    return [one.name.lower() for one in Permission if one.name and permits(role, one)]
