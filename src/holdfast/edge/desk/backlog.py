"""Lanes and queues in numbers: what waits, how long, and how it will go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from ...trust.backlog import Capacity, LaneFigures, held_load, lane_figures, queue_figures, samples
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import RouteTable
from .routes import API, ScopedAccess, iso

routes = RouteTable()
_HOURS_MOST = 24 * 31


class BacklogQuery(msgspec.Struct):
    """How far back, and one lane alone."""

    hours: int = 24
    lane: str = ""


@routes.get(f"{API}/lanes", ScopedAccess.read)
async def lanes(call: Call) -> Answer:
    """Every lane now: what waits, the exact age of the oldest, target, burn rate, and when the target will be missed."""
    settings, database = call.services.settings, call.services.database
    capacity = Capacity(settings.desk_reviewers, settings.desk_decision_seconds)
    found = await lane_figures(
        database, targets=settings.lane_targets_seconds, capacity=capacity, now=call.now
    )
    held = await held_load(database, now=call.now)
    return json_answer(
        {
            "at": iso(call.now),
            "capacity_per_hour": capacity.per_hour,
            "lanes": [_lane(one) for one in found],
            "held": {"count": held.count, "oldest_seconds": round(held.oldest_seconds)},
            "queues": [msgspec.structs.asdict(one) for one in await queue_figures(database, now=call.now)],
        }
    )


def _lane(one: LaneFigures) -> dict[str, Any]:
    return {**msgspec.structs.asdict(one), "breached": one.breach_in_seconds == 0}


@routes.get(f"{API}/backlog", ScopedAccess.read)
async def history(call: Call) -> Answer:
    """What was measured every five minutes, the oldest first."""
    asked = await call.params(BacklogQuery)
    since = call.now - timedelta(hours=min(max(asked.hours, 1), _HOURS_MOST))
    rows = await samples(call.services.database, since=since, lane=asked.lane or None)
    return json_answer([{**row, "at": iso(row["at"])} for row in rows])
