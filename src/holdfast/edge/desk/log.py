"""The moderation log, and what follows from it for one subject."""

from __future__ import annotations

import msgspec

from ...pure.window import NEWEST, Window
from ...trust.staff_actions import staff_actions, subject_status
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import RouteTable
from .render import event_entity, status_entity
from .routes import API, ScopedAccess, id_of, limit_of, names_of, subject_entity, subject_of_path

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


@routes.get(f"{API}/subjects/{{kind}}/{{key}}", ScopedAccess.read)
async def subject(call: Call) -> Answer:
    """What follows from the log for one subject, and its last events."""
    services, about = call.services, subject_of_path(call)
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
