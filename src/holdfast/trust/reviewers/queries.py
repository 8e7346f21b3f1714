"""Reads of what reviewers saw: each may read one's own, those who run the place everybody's."""

from __future__ import annotations

from typing import Any

from ...platform.clock import Instant
from ...platform.db import Reader
from .model import Day, Preferences, Shift


async def preferences_of(reader: Reader, account_id: int) -> Preferences:
    """How somebody wants to see cases."""
    row = await reader.fetchrow(
        "select opt_outs, blur, greyscale, mute_media, text_first from reviewer_preferences where account_id = $1",
        account_id,
    )
    return Preferences() if row is None else Preferences(**{**dict(row), "opt_outs": tuple(row["opt_outs"])})


async def day_of(reader: Reader, account_id: int, now: Instant) -> Day:
    """What somebody saw today (UTC)."""
    row = await reader.fetchrow(
        "select coalesce(sum(items), 0)::int as items, coalesce(sum(heavy), 0)::int as heavy,"
        " coalesce(sum(seconds), 0)::float8 as seconds from reviewer_days where account_id = $1"
        " and day = $2::timestamptz::date",
        account_id, now,
    )  # fmt: skip
    return Day() if row is None else Day(**dict(row))


async def shift_of(reader: Reader, account_id: int) -> Shift | None:
    """How long somebody has been at work."""
    row = await reader.fetchrow(
        "select began_at, last_at, break_until from reviewer_shifts where account_id = $1", account_id
    )
    return None if row is None else Shift(**dict(row))


async def exposure_of(reader: Reader, account_id: int, since: Instant) -> list[dict[str, Any]]:
    """What somebody saw, by day and category, the newest day first."""
    rows = await reader.fetch(
        "select day, category, items, heavy, seconds, skips from reviewer_days where account_id = $1"
        " and day >= $2::timestamptz::date order by day desc, category",
        account_id, since,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def team_exposure(reader: Reader, since: Instant) -> list[dict[str, Any]]:
    """What each of the team saw since then. Skips are told for all together alone: passing on is nobody's fault."""
    rows = await reader.fetch(
        "select account_id, sum(items)::int as items, sum(heavy)::int as heavy, sum(seconds)::float8 as seconds,"
        " count(distinct day)::int as days from reviewer_days where day >= $1::timestamptz::date"
        " group by 1 order by heavy desc, items desc",
        since,
    )
    return [dict(row) for row in rows]


async def skips_by_category(reader: Reader, since: Instant) -> dict[str, int]:
    """How often the team passed cases on, by category: what people would rather not see."""
    rows = await reader.fetch(
        "select category, sum(skips)::int as skips from reviewer_days where day >= $1::timestamptz::date"
        " group by 1 having sum(skips) > 0 order by 2 desc",
        since,
    )
    return {row["category"]: row["skips"] for row in rows}
