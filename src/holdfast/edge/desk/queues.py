"""Named queues: which cases wait where, and whose they are."""

from __future__ import annotations

from typing import Any

import msgspec

from ...trust.routing import Queue, QueueNotThere, queues, remove_queue, save_queue
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import RouteTable
from .routes import API, ScopedAccess, id_of, staff_of

routes = RouteTable()
_ONE = f"{API}/queues/{{name}}"


class QueueForm(msgspec.Struct):
    """A queue. An empty condition asks for nothing; the first queue whose conditions all hold takes a case."""

    title: str = ""
    position: int = 500
    languages: list[str] = []
    sources: list[str] = []
    categories: list[str] = []
    policies: list[str] = []
    lanes: list[str] = []
    tracks: list[str] = []
    hidden_actions: list[str] = []
    member_ids: list[str] = []


@routes.get(f"{API}/queues", ScopedAccess.read)
async def show_all(call: Call) -> Answer:
    """All queues, in the order in which they are asked."""
    found = await queues(call.services.database)
    return json_answer([_entity(call.services, one) for one in found])


@routes.put(_ONE, ScopedAccess.settings)
async def save(call: Call) -> Answer:
    """Make a queue, or put it in place of the one of its name."""
    asked, name = await call.params(QueueForm), call.segment("name")
    members = [id_of(call.services, one, "member_ids") for one in asked.member_ids]
    queue = Queue(
        name, asked.title, asked.position, asked.languages, asked.sources, asked.categories, asked.policies,
        asked.lanes, asked.tracks, asked.hidden_actions, sorted({one for one in members if one is not None}),
    )  # fmt: skip
    async with call.services.database.transaction() as tx:
        await save_queue(tx, staff_of(call), queue, now=call.now)
    return await _one(call, name)


@routes.delete(_ONE, ScopedAccess.settings)
async def remove(call: Call) -> Answer:
    """Remove a queue; its cases wait in the general one."""
    async with call.services.database.transaction() as tx:
        await remove_queue(tx, staff_of(call), call.segment("name"), now=call.now)
    return json_answer({})


async def _one(call: Call, name: str) -> Answer:
    for one in await queues(call.services.database):
        if one.name == name:
            return json_answer(_entity(call.services, one))
    raise QueueNotThere


def _entity(services: Services, queue: Queue) -> dict[str, Any]:
    members = [services.ids.encode(ident) for ident in queue.member_ids]
    return {**msgspec.structs.asdict(queue), "member_ids": members}
