"""Markers: how far a member has read, shared by the member's apps."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.errors import Invalid
from ...social.markers import Marker, markers, save_markers
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .notification_ids import read_marker
from .times import iso

routes = RouteTable()

_TIMELINES = ("home", "notifications")


class MarkersQuery(msgspec.Struct):
    """Which markers."""

    timeline: list[str] = msgspec.field(default_factory=list)


class Position(msgspec.Struct):
    """How far: the id of the last that was read."""

    last_read_id: str = ""


class SaveMarkers(msgspec.Struct):
    """`home[last_read_id]=...`, `notifications[last_read_id]=...`"""

    home: Position | None = None
    notifications: Position | None = None


@routes.get("/api/v1/markers", Access.member("read:statuses"))
async def show(call: Call) -> Answer:
    """The markers of the timelines asked for that have one."""
    asked = [name for name in (await call.params(MarkersQuery)).timeline if name in _TIMELINES]
    return json_answer(_entities(await markers(call.services.database, call.actor.account_id, asked)))


@routes.post("/api/v1/markers", Access.member("write:statuses"))
async def save(call: Call) -> Answer:
    """Set markers. The last to write wins, as with two apps that are open at once."""
    asked = await call.params(SaveMarkers)
    given = {"home": asked.home, "notifications": asked.notifications}
    read = {name: position.last_read_id for name, position in given.items() if position is not None}
    if "notifications" in read:
        read["notifications"] = read_marker(
            call.services.ids, "notifications[last_read_id]", read["notifications"]
        )
    for name, last_read_id in read.items():
        if call.services.ids.after(last_read_id) is None:
            field = f"{name}[last_read_id]"
            raise Invalid(
                f"{field} must be an id, a decimal number.",
                details={field: [("ERR_INVALID", "is not an id")]},
            )
    async with call.services.database.transaction() as tx:
        saved = await save_markers(tx, call.actor, read, now=call.now)
    return json_answer(_entities(saved))


def _entities(found: dict[str, Marker]) -> dict[str, dict[str, Any]]:
    return {
        timeline: {
            "last_read_id": marker.last_read_id,
            "version": marker.version,
            "updated_at": iso(marker.updated_at),
        }
        for timeline, marker in found.items()
    }
