"""For who runs the server: how the mirror stands, which drills there were, and on whom the site depends."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

import msgspec

from ...continuity.drills import RecordedDrill, drills, is_stale, last_passed
from ...continuity.shipping import is_superseded
from ...continuity.standing import is_unheld, read_pointer
from ...pure.permissions import Permission
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .routes import API, iso, limit_of

routes = RouteTable()
_DRILLS: Final = 10
_OWNERS: Final = Access.staff(Permission.MANAGE_SETTINGS, "admin:read:reports")


class DrillsQuery(msgspec.Struct):
    """How many, the newest first."""

    limit: int = 0


@routes.get(f"{API}/desk/mirror", _OWNERS)
async def show_mirror(call: Call) -> Answer:
    """As `holdfast mirror status --json`; beside it whether there is a mirror, and whether this server may be written to."""
    facts = await call.services.owners.mirror()
    read_only, moved_to = await asyncio.to_thread(_standing, call.services.settings.data)
    return json_answer({**facts, "read_only": read_only, "moved_to": moved_to})


@routes.get(f"{API}/desk/drills", _OWNERS)
async def show_drills(call: Call) -> Answer:
    """As `holdfast drill list --json`."""
    asked = await call.params(DrillsQuery)
    database = call.services.database
    found = await drills(database, most=limit_of(asked.limit, _DRILLS))
    stale = is_stale(await last_passed(database), call.services.clock.now())
    return json_answer({"stale": stale, "drills": [_drill(one) for one in found]})


@routes.get(f"{API}/desk/doctor", _OWNERS)
async def show_doctor(call: Call) -> Answer:
    """As `holdfast doctor --json`."""
    return json_answer(await call.services.owners.doctor())


def _drill(one: RecordedDrill) -> dict[str, Any]:
    report = one.report
    return {
        "record_id": one.record_id,
        "recorded_at": iso(one.recorded_at),
        "passed": report.passed,
        "digest": report.digest.hex(),
        **msgspec.to_builtins(report),
    }


def _standing(data: Path) -> tuple[str | None, str | None]:
    if is_superseded(data):
        return "superseded", read_pointer(data).address
    return ("unheld" if is_unheld(data) else None), None
