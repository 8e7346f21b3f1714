"""Use case: one person is given less in a day than the settings allow, because they asked or somebody saw that it is time."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...pure.errors import Invalid
from . import store
from .model import Bounds, Caps


async def set_caps(tx: Tx, account_id: int, caps: Caps, *, by: int | None, now: Instant) -> Caps:
    """Keep it; None in a part: as the settings have it. Raises Invalid."""
    for name, value in msgspec.structs.asdict(caps).items():
        if value is not None and not 0 <= value <= 10_000:
            raise Invalid(f"{name}: must lie between 0 and 10000")
    await store.save_caps(tx, account_id, caps, by=by, now=now)
    return caps


async def caps_of(reader: Reader, account_id: int) -> Caps:
    """What was set for one person."""
    row = await reader.fetchrow(
        "select daily_items, daily_heavy, daily_minutes from reviewer_caps where account_id = $1", account_id
    )
    return Caps() if row is None else Caps(**dict(row))


async def all_caps(reader: Reader) -> dict[int, Caps]:
    """Everybody's, who has any."""
    rows = await reader.fetch("select account_id, daily_items, daily_heavy, daily_minutes from reviewer_caps")
    return {
        row["account_id"]: Caps(row["daily_items"], row["daily_heavy"], row["daily_minutes"]) for row in rows
    }


def capped(bounds: Bounds, caps: Caps) -> Bounds:
    """The bounds with those of one person, which are never wider."""

    def lower(value: int, cap: int | None) -> int:
        return value if cap is None else min(value, cap)

    return msgspec.structs.replace(
        bounds,
        daily_items=lower(bounds.daily_items, caps.daily_items),
        daily_heavy=lower(bounds.daily_heavy, caps.daily_heavy),
        daily_minutes=lower(bounds.daily_minutes, caps.daily_minutes),
    )
