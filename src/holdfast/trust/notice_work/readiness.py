"""What has to be there before a provider puts us out: opened by a breach of contract, filled from what is known, ticked by people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ..notices import NoticeNotThere, NoticeReceived, add_event, lock_notice
from ..staff_actions import CLOCK, Staff

CHECKS: Final[tuple[str, ...]] = (
    "mirrors", "mirrors_fresh", "kit", "drill", "dns", "provider", "certificates", "people", "members_told", "terms_kept",
)  # fmt: skip
"""In order: mirrors at stores of others; that they are not behind; a sealed kit and enough holders of its shares; a drill of
the last month; names that can be pointed elsewhere by us alone; another provider with an account that is paid; certificates;
who can be reached, and how; members know where to look; the contract as it reads now is kept."""
PRESETS: Final = frozenset({"host.breach"})
"""Kinds of notices that open the list."""
DRILL_FRESH: Final = timedelta(days=30)


class ReadinessItem(msgspec.Struct, frozen=True):
    """One thing. source: hand, or where the program knows it from."""

    key: str
    position: int
    done_at: Instant | None
    done_by: int | None
    source: str
    note: str
    checked_at: Instant | None


class ReadinessFacts(msgspec.Struct, frozen=True):
    """What the program knows: for each key whether it is so, and a line on it; keys that it knows nothing of are left out."""

    known: Mapping[str, tuple[bool, str]] = {}


async def open_readiness(tx: Tx, payload: bytes, now: Instant) -> None:
    """NoticeReceived: a breach of contract opens the list."""
    event = msgspec.json.decode(payload, type=NoticeReceived)
    notice = await lock_notice(tx, CLOCK, event.notice_id)
    if notice.preset in PRESETS:
        await open_readiness_of(tx, notice.id, now=now)


async def open_readiness_of(tx: Tx, notice_id: int, *, now: Instant) -> None:
    """The list of a notice, once."""
    made = await tx.execute(
        "insert into readiness_items (notice_id, key, position)"
        " select $1, c.key, c.position from unnest($2::text[]) with ordinality as c (key, position) on conflict do nothing",
        notice_id, list(CHECKS),
    )  # fmt: skip
    if made:
        await add_event(tx, notice_id, "readiness.opened", CLOCK, now=now)


async def readiness_of(reader: Reader, notice_id: int) -> list[ReadinessItem]:
    """The list, in order; empty where none was opened. The caller has read the notice."""
    rows = await reader.fetch(
        "select key, position, done_at, done_by, source, note, checked_at from readiness_items where notice_id = $1"
        " order by position",
        notice_id,
    )
    return [ReadinessItem(**dict(row)) for row in rows]


async def mark_ready(
    tx: Tx, staff: Staff, notice_id: int, key: str, *, done: bool, note: str = "", now: Instant
) -> None:
    """A person says that it is there, or not. Raises NoticeNotThere."""
    await lock_notice(tx, staff, notice_id)
    changed = await tx.execute(
        "update readiness_items set done_at = case when $3 then $4::timestamptz end, done_by = $5, source = 'hand', note = $6,"
        " checked_at = $4 where notice_id = $1 and key = $2",
        notice_id, key, done, now, staff.account_id, note[:2000],
    )  # fmt: skip
    if not changed:
        raise NoticeNotThere("This notice has no such thing to check")
    await add_event(tx, notice_id, "readiness", staff, now=now, note=note[:2000], key=key, done=done)


async def last_drill(reader: Reader) -> Instant | None:
    """When the newest drill was recorded."""
    found: Instant | None = await reader.fetchval(
        "select recorded_at from ledger_records where kind = 'drill' order by arrival desc limit 1"
    )
    return found
