"""Reporters: how far what they say is to be believed, and whose reports raise nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.errors import NotFound
from ...pure.permissions import Permission
from ...trust.cases import take_out
from ...trust.reporters import (
    ReporterRecord,
    mute_reporter,
    muted_reporters,
    record_of,
    unmute_reporter,
)
from ...trust.staff_actions import Subject
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .cases import whole_case
from .routes import API, CURSOR_MOST, ScopedAccess, id_of, iso, names_of, staff_of

routes = RouteTable()
_ONE = f"{API}/reporters/{{id}}"
# Who reported is told to those alone who may look into accounts.
_READ = Access.staff(Permission.MANAGE_USERS, "admin:read:reports")
_WRITE = Access.staff(Permission.MANAGE_USERS, "admin:write:reports")


class MuteForm(msgspec.Struct):
    """For how long, and why: for the log."""

    days: int = 30
    reason: str = ""


class TakeOutForm(msgspec.Struct):
    """Which of the posts that a case is about, and why."""

    post_id: str = ""
    reason: str = ""


@routes.get(f"{API}/reporters", _READ)
async def show_muted(call: Call) -> Answer:
    """Whose reports raise nothing now."""
    found = await muted_reporters(call.services.database, call.now, limit=CURSOR_MOST)
    names = await names_of(call.services, [one.account_id for one in found])
    return json_answer([_entity(call, one, names) for one in found])


@routes.get(_ONE, _READ)
async def show(call: Call) -> Answer:
    """How often somebody's reports were right, with an interval."""
    return await _one(call, await _account(call))


@routes.post(f"{_ONE}/mute", _WRITE)
async def mute(call: Call) -> Answer:
    """Let somebody's reports raise nothing for a time. They are received as before."""
    asked, account_id = await call.params(MuteForm), await _account(call)
    async with call.services.database.transaction() as tx:
        await mute_reporter(
            tx, staff_of(call), account_id, days=asked.days, reason=asked.reason, now=call.now
        )
    return await _one(call, account_id)


@routes.delete(f"{_ONE}/mute", _WRITE)
async def unmute(call: Call) -> Answer:
    """Let them count again."""
    account_id = await _account(call)
    async with call.services.database.transaction() as tx:
        await unmute_reporter(tx, staff_of(call), account_id, now=call.now)
    return await _one(call, account_id)


@routes.post(f"{API}/cases/{{id}}/take_out", ScopedAccess.write)
async def take_out_one(call: Call) -> Answer:
    """One post of several is not like the others: it waits in a case of its own, which is answered."""
    case_id, asked, services = call.id_segment(), await call.params(TakeOutForm), call.services
    post_id = id_of(services, asked.post_id, "post_id") or 0
    async with services.database.transaction() as tx:
        made = await take_out(
            tx, staff_of(call), case_id, Subject.post(post_id, None), reason=asked.reason[:1000], now=call.now
        )
    return await whole_case(call, made)


async def _account(call: Call) -> int:
    account_id = call.id_segment()
    if await call.services.accounts.get(account_id) is None:
        raise NotFound
    return account_id


async def _one(call: Call, account_id: int) -> Answer:
    found = await record_of(call.services.database, account_id)
    return json_answer(_entity(call, found, await names_of(call.services, [account_id])))


def _entity(call: Call, found: ReporterRecord, names: dict[int, dict[str, Any]]) -> dict[str, Any]:
    low, high = found.record.interval
    muted = found.muted_at(call.now)
    return {
        "account": names.get(found.account_id),
        "right": found.record.rights,
        "wrong": found.record.wrongs,
        "believed": round(found.record.mean, 3),
        "interval": [round(low, 3), round(high, 3)],
        "muted_until": iso(found.muted_until) if muted else None,
        "mute_reason": found.mute_reason if muted else "",
    }
