"""A member's own statements of reasons. While an account is suspended they are read at /statements."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.window import Window
from ...trust.decisions import StatementReader
from ...trust.statements import Statement
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .routes import API, id_of, iso, limit_of, public_id

routes = RouteTable()
_READ = Access.member("read:notifications")
_LAST_ID = (1 << 63) - 1


class StatementsQuery(msgspec.Struct):
    """Part of the list, the newest first. `after`: the last one of the page before."""

    after: str = ""
    limit: int = 0


@routes.get(f"{API}/statements", _READ)
async def show_page(call: Call) -> Answer:
    """What one was told of decisions, the newest first."""
    asked, services = await call.params(StatementsQuery), call.services
    window = Window(limit_of(asked.limit), below=id_of(services, asked.after, "after") or _LAST_ID)
    found = await StatementReader(services.database).page(call.actor.account_id, window)
    return json_answer([_entity(call, one) for one in found])


@routes.get(f"{API}/statements/{{id}}", _READ)
async def show(call: Call) -> Answer:
    """One, which is noted as read."""
    reader = StatementReader(call.services.database)
    return json_answer(
        _entity(call, await reader.one(call.actor.account_id, call.id_segment(), now=call.now))
    )


def _entity(call: Call, one: Statement) -> dict[str, Any]:
    services = call.services
    return {
        "id": services.ids.encode(one.id),
        "decision_id": services.ids.encode(one.decision_id),
        "language": one.language,
        "subject": one.subject,
        "text": one.text,
        "status_ids": [services.ids.encode(ident) for ident in one.post_ids],
        "record_id": one.record_id,
        "reverses_id": public_id(services, one.reverses_id),
        "reversed_by_id": public_id(services, one.reversed_by_id),
        "sent_at": iso(one.sent_at),
        "read_at": iso(one.read_at),
        "url": f"{services.base_url}/statements/{services.ids.encode(one.id)}",
    }
