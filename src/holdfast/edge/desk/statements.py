"""A member's own statements of reasons. While an account is suspended they are read at /statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from ...pure.window import Window
from ...trust.appeals import Appeal, appeals_of_decisions, in_time
from ...trust.decisions import StatementReader
from ...trust.statements import Statement
from ..answers import Answer, json_answer
from ..appealing import appeal_limits
from ..call import Call
from ..routes import Access, RouteTable
from .appeals import appeal_state
from .routes import API, id_of, iso, limit_of, public_id

routes = RouteTable()
_READ = Access.member("read:notifications")
_LAST_ID = (1 << 63) - 1


class StatementsQuery(msgspec.Struct):
    """Part of the list, the newest first. `after`: the last one of the page before; `status_id`: those about one post."""

    after: str = ""
    limit: int = 0
    status_id: str = ""


@routes.get(f"{API}/statements", _READ)
async def show_page(call: Call) -> Answer:
    """What one was told of decisions, the newest first."""
    asked, services = await call.params(StatementsQuery), call.services
    window = Window(limit_of(asked.limit), below=id_of(services, asked.after, "after") or _LAST_ID)
    post_id = id_of(services, asked.status_id, "status_id")
    found = await StatementReader(services.database).page(call.actor.account_id, window, post_id=post_id)
    return json_answer(await _entities(call, found))


@routes.get(f"{API}/statements/{{id}}", _READ)
async def show(call: Call) -> Answer:
    """One, which is noted as read."""
    reader = StatementReader(call.services.database)
    found = await reader.one(call.actor.account_id, call.id_segment(), now=call.now)
    return json_answer((await _entities(call, [found]))[0])


async def _entities(call: Call, found: list[Statement]) -> list[dict[str, Any]]:
    appeals = await appeals_of_decisions(
        call.services.database, call.actor.account_id, [one.decision_id for one in found]
    )
    return [
        _entity(call, one, appeals.get(one.decision_id) if one.reverses_id is None else None) for one in found
    ]


def _entity(call: Call, one: Statement, appeal: Appeal | None) -> dict[str, Any]:
    services = call.services
    limits = appeal_limits(services)
    holds = one.reverses_id is None and one.reversed_by_id is None
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
        "can_appeal": holds and appeal is None and in_time(one.sent_at, call.now, limits),
        "appeal_until": iso(one.sent_at + timedelta(days=limits.days_to_file)) if holds else None,
        "appeal": None if appeal is None else appeal_state(services, appeal),
        "url": f"{services.base_url}/statements/{services.ids.encode(one.id)}",
    }
