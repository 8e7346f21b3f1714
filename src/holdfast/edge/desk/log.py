"""The moderation log, and what follows from it for one subject."""

from __future__ import annotations

import msgspec

from ...pure.window import NEWEST, Window
from ...trust.intake import mute_subject, unmute_subject
from ...trust.staff_actions import Subject, staff_actions, subject_status
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import RouteTable
from .render import event_entity, status_entity
from .routes import API, ScopedAccess, id_of, limit_of, names_of, staff_of, subject_entity, subject_of_path

routes = RouteTable()
_EVENTS_SHOWN = 50


class LogQuery(msgspec.Struct):
    """Which events, the newest first. `max_id`: only those before."""

    limit: int = 0
    max_id: str = ""
    account_id: str = ""
    case_id: str = ""


@routes.get(f"{API}/log", ScopedAccess.audit)
async def show(call: Call) -> Answer:
    """Events of the log: of an account, of a case, or of everything."""
    asked, services = await call.params(LogQuery), call.services
    before = id_of(services, asked.max_id, "max_id") or NEWEST
    events = await staff_actions(
        services.database, Window(limit_of(asked.limit), before),
        account_id=id_of(services, asked.account_id, "account_id"),
        case_id=id_of(services, asked.case_id, "case_id"),
    )  # fmt: skip
    names = await names_of(services, [one.actor_id for one in events])
    return json_answer([event_entity(services, one, names=names, named=True) for one in events])


class MuteForm(msgspec.Struct):
    """For how long what people say of it raises nothing, and why: for the log."""

    days: int = 7
    reason: str = ""


@routes.get(f"{API}/subjects/{{kind}}/{{key}}", ScopedAccess.read)
async def subject(call: Call) -> Answer:
    """What follows from the log for one subject, and its last events."""
    return await _shown(call, subject_of_path(call))


@routes.post(f"{API}/subjects/{{kind}}/{{key}}/mute", ScopedAccess.write)
async def mute(call: Call) -> Answer:
    """Reports of a post or an account raise nothing for so many days; what screening finds does."""
    asked, about = await call.params(MuteForm), subject_of_path(call)
    async with call.services.database.transaction() as tx:
        await mute_subject(tx, staff_of(call), about, days=asked.days, reason=asked.reason, now=call.now)
    return await _shown(call, about)


@routes.delete(f"{API}/subjects/{{kind}}/{{key}}/mute", ScopedAccess.write)
async def unmute(call: Call) -> Answer:
    """They count again."""
    about = subject_of_path(call)
    async with call.services.database.transaction() as tx:
        await unmute_subject(tx, staff_of(call), about, now=call.now)
    return await _shown(call, about)


async def _shown(call: Call, about: Subject) -> Answer:
    services = call.services
    status = await subject_status(services.database, about)
    events = await staff_actions(services.database, Window(_EVENTS_SHOWN), subject=about)
    names = await names_of(services, [one.actor_id for one in events])
    return json_answer(
        {
            "subject": subject_entity(services, about),
            "status": status_entity(services, status, call),
            "events": [event_entity(services, one, names=names, named=True) for one in events],
        }
    )
