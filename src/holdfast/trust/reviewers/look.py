"""Use cases: somebody takes a case, is at work on it, and is done; what that adds up to, and what it allows."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from . import store
from .model import Allowance, Bounds, allowance, gone_on
from .queries import day_of, shift_of


async def allowed(reader: Reader, account_id: int, bounds: Bounds, *, now: Instant) -> Allowance:
    """What somebody may be given now."""
    return allowance(bounds, await day_of(reader, account_id, now), await shift_of(reader, account_id), now)


async def begin_look(
    tx: Tx, account_id: int, case_id: int, category: str, bounds: Bounds, *, now: Instant
) -> None:
    """Somebody has this case before them, and no other one any more."""
    await store.end_looks(tx, account_id, now, other_than=case_id)
    heavy = category in bounds.heavy_categories
    await store.begin_look(tx, account_id, case_id, category=category, heavy=heavy, now=now)
    await _worked(tx, account_id, bounds, now)


async def keep_look(tx: Tx, account_id: int, case_id: int, bounds: Bounds, *, now: Instant) -> None:
    """A sign of life."""
    await store.keep_look(tx, account_id, case_id, now)
    await _worked(tx, account_id, bounds, now)


async def end_look(
    tx: Tx, account_id: int, case_id: int, bounds: Bounds, *, skipped: bool = False, now: Instant
) -> None:
    """Decided, given back or passed on."""
    await store.end_looks(tx, account_id, now, case_id=case_id, skipped=skipped)
    await _worked(tx, account_id, bounds, now)


async def _worked(tx: Tx, account_id: int, bounds: Bounds, now: Instant) -> None:
    shift = await shift_of(tx, account_id)
    await store.save_shift(tx, account_id, gone_on(bounds, shift, now))
