"""Reads of the backlog. Exact: the oldest case is the oldest of all that are not closed, claimed ones too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader
from .model import Capacity, Forecast, LaneLoad, burn_rate, forecasts, lanes_without_gaps

_LANES_SQL = """
select l.lane, coalesce(o.open, 0) as open, coalesce(o.claimed, 0) as claimed, coalesce(o.late, 0) as late_open, o.oldest,
       coalesce(a.arrived, 0) as arrived, coalesce(d.hour, 0) as closed_hour, coalesce(d.day, 0) as closed_day,
       coalesce(d.late, 0) as closed_late
from unnest($1::text[], $2::float8[]) as l (lane, target)
left join lateral (
    select count(*) as open, count(*) filter (where lease_until > $3) as claimed, min(opened_at) as oldest,
           count(*) filter (where opened_at < $3 - make_interval(secs => l.target)) as late
    from cases where closed_at is null and lane = l.lane) o on true
left join lateral (
    select count(*) as arrived from cases where opened_at > $3 - interval '1 hour' and lane = l.lane) a on true
left join lateral (
    select count(*) filter (where closed_at > $3 - interval '1 hour') as hour, count(*) as day,
           count(*) filter (where closed_at - opened_at > make_interval(secs => l.target)) as late
    from cases where closed_at > $3 - interval '1 day' and lane = l.lane) d on true
order by l.lane
"""
_QUEUES_SQL = """
select queue, lane, count(*) as open, count(*) filter (where lease_until > $1) as claimed, min(opened_at) as oldest
from cases where closed_at is null group by 1, 2 order by 1, 2
"""


class LaneFigures(msgspec.Struct, frozen=True):
    """A lane now. oldest_seconds: the age of the oldest case that is not closed, claimed or not."""

    lane: str
    open: int
    claimed: int
    oldest_seconds: float
    target_seconds: float
    arrived_hour: int
    closed_hour: int
    burn_rate: float
    wait_seconds: float | None
    breach_in_seconds: float | None


class QueueFigures(msgspec.Struct, frozen=True):
    """A lane of a queue now."""

    queue: str
    lane: str
    open: int
    claimed: int
    oldest_seconds: float


class HeldLoad(msgspec.Struct, frozen=True):
    """Posts that wait hidden for a person."""

    count: int
    oldest_seconds: float


async def lane_figures(
    reader: Reader, *, targets: Mapping[str, float], capacity: Capacity, now: Instant
) -> list[LaneFigures]:
    """All lanes, P0 first. `targets`: seconds for each."""
    lanes = sorted(targets)
    rows = await reader.fetch(_LANES_SQL, lanes, [float(targets[lane]) for lane in lanes], now)
    ages = {row["lane"]: _age(row["oldest"], now) for row in rows}
    loads = lanes_without_gaps(
        {
            row["lane"]: LaneLoad(
                row["lane"], row["open"], ages[row["lane"]], targets[row["lane"]], float(row["arrived"])
            )
            for row in rows
        },
        targets,
    )
    ahead: dict[str, Forecast] = forecasts(loads, capacity)
    return [
        LaneFigures(
            row["lane"], row["open"], row["claimed"], ages[row["lane"]], targets[row["lane"]], row["arrived"],
            row["closed_hour"],
            round(burn_rate(row["closed_late"] + row["late_open"], row["closed_day"] + row["late_open"]), 3),
            ahead[row["lane"]].wait_seconds, ahead[row["lane"]].breach_in_seconds,
        )
        for row in rows
    ]  # fmt: skip


async def queue_figures(reader: Reader, *, now: Instant) -> list[QueueFigures]:
    """What waits in each queue, lane by lane; queues where nothing waits are left out."""
    return [
        QueueFigures(row["queue"], row["lane"], row["open"], row["claimed"], _age(row["oldest"], now))
        for row in await reader.fetch(_QUEUES_SQL, now)
    ]


async def held_load(reader: Reader, *, now: Instant) -> HeldLoad:
    """Held posts and the oldest of them."""
    row = await reader.fetchrow(
        "select count(*) as held, min(coalesce(edited_at, created_at)) as oldest from posts where state = 1"
    )
    return HeldLoad(row["held"], _age(row["oldest"], now)) if row else HeldLoad(0, 0.0)


async def samples(reader: Reader, *, since: Instant, lane: str | None = None) -> list[dict[str, Any]]:
    """What was measured every five minutes, the oldest first."""
    rows = await reader.fetch(
        "select at, lane, open, claimed, oldest_seconds, target_seconds, arrived_hour, closed_hour, burn_rate,"
        " breach_in_seconds from backlog_samples where at >= $1 and ($2::text is null or lane = $2) order by at, lane",
        since, lane,
    )  # fmt: skip
    return [dict(row) for row in rows]


def _age(since: Instant | None, now: Instant) -> float:
    return max((now - since).total_seconds(), 0.0) if since is not None else 0.0
