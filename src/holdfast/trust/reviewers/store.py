"""Every statement that writes what reviewers saw and want."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import Caps, Preferences, Shift

SILENCE: Final = timedelta(minutes=10)
"""After so long without a sign of life somebody is not looking any more."""


async def begin_look(
    tx: Tx, account_id: int, case_id: int, *, category: str, heavy: bool, now: Instant
) -> None:
    """Somebody has a case before them. A case counts once, however often it is taken."""
    new = await tx.execute(
        "insert into reviewer_looks (case_id, account_id, category, heavy, first_at, begun_at, seen_at)"
        " values ($1, $2, $3, $4, $5, $5, $5) on conflict do nothing",
        case_id, account_id, category, heavy, now,
    )  # fmt: skip
    if new:
        await _add(tx, account_id, category, now, items=1, heavy=int(heavy))
        return
    await tx.execute(
        "update reviewer_looks set begun_at = coalesce(begun_at, $3), seen_at = $3 where case_id = $1 and account_id = $2",
        case_id, account_id, now,
    )  # fmt: skip


async def keep_look(tx: Tx, account_id: int, case_id: int, now: Instant) -> None:
    """A sign of life."""
    await tx.execute(
        "update reviewer_looks set seen_at = $3 where case_id = $1 and account_id = $2 and begun_at is not null",
        case_id, account_id, now,
    )  # fmt: skip


async def end_looks(
    tx: Tx, account_id: int, now: Instant, *, case_id: int | None = None, other_than: int | None = None,
    skipped: bool = False,
) -> None:  # fmt: skip
    """Somebody looks no more at a case, or at any (but `other_than`); the time since it was taken is added up."""
    rows = await tx.fetch(
        "select case_id, category, begun_at, seen_at from reviewer_looks where account_id = $1 and begun_at is not null"
        " and ($2::bigint is null or case_id = $2) and ($3::bigint is null or case_id <> $3) for update",
        account_id, case_id, other_than,
    )  # fmt: skip
    for row in rows:
        until = now if now - row["seen_at"] <= SILENCE else row["seen_at"]
        seconds = max((until - row["begun_at"]).total_seconds(), 0.0)
        await tx.execute(
            "update reviewer_looks set begun_at = null, seconds = seconds + $3, skipped = skipped or $4"
            " where case_id = $1 and account_id = $2",
            row["case_id"], account_id, seconds, skipped,
        )  # fmt: skip
        await _add(tx, account_id, row["category"], now, seconds=seconds, skips=int(skipped))


async def _add(
    tx: Tx, account_id: int, category: str, now: Instant, *, items: int = 0, heavy: int = 0, seconds: float = 0.0,
    skips: int = 0,
) -> None:  # fmt: skip
    await tx.execute(
        "insert into reviewer_days as d (account_id, day, category, items, heavy, seconds, skips)"
        " values ($1, $2::timestamptz::date, $3, $4, $5, $6, $7)"
        " on conflict (account_id, day, category) do update set items = d.items + excluded.items,"
        "  heavy = d.heavy + excluded.heavy, seconds = d.seconds + excluded.seconds, skips = d.skips + excluded.skips",
        account_id, now, category, items, heavy, seconds, skips,
    )  # fmt: skip


async def save_shift(tx: Tx, account_id: int, shift: Shift) -> None:
    """How long somebody has been at work."""
    await tx.execute(
        "insert into reviewer_shifts (account_id, began_at, last_at, break_until) values ($1, $2, $3, $4)"
        " on conflict (account_id) do update set began_at = excluded.began_at, last_at = excluded.last_at,"
        "  break_until = excluded.break_until",
        account_id, shift.began_at, shift.last_at, shift.break_until,
    )  # fmt: skip


async def save_caps(tx: Tx, account_id: int, caps: Caps, *, by: int | None, now: Instant) -> None:
    """How much less one person is given."""
    await tx.execute(
        "insert into reviewer_caps (account_id, daily_items, daily_heavy, daily_minutes, set_by, set_at)"
        " values ($1, $2, $3, $4, $5, $6) on conflict (account_id) do update set daily_items = excluded.daily_items,"
        "  daily_heavy = excluded.daily_heavy, daily_minutes = excluded.daily_minutes, set_by = excluded.set_by,"
        "  set_at = excluded.set_at",
        account_id, caps.daily_items, caps.daily_heavy, caps.daily_minutes, by, now,
    )  # fmt: skip


async def save_preferences(tx: Tx, account_id: int, wanted: Preferences, now: Instant) -> None:
    """How somebody wants to see cases."""
    await tx.execute(
        "insert into reviewer_preferences (account_id, opt_outs, blur, greyscale, mute_media, text_first, updated_at)"
        " values ($1, $2, $3, $4, $5, $6, $7)"
        " on conflict (account_id) do update set opt_outs = excluded.opt_outs, blur = excluded.blur,"
        "  greyscale = excluded.greyscale, mute_media = excluded.mute_media, text_first = excluded.text_first,"
        "  updated_at = excluded.updated_at",
        account_id, list(wanted.opt_outs), wanted.blur, wanted.greyscale, wanted.mute_media, wanted.text_first, now,
    )  # fmt: skip
