"""Every statement that writes where the breaker stands."""

from __future__ import annotations

from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from .model import State


async def lock_state(tx: Tx, policy: str, now: Instant) -> State:
    """Where it stands, kept as it is until this transaction ends; at first nowhere."""
    await tx.execute(
        "insert into breaker_state (stage, since, policy) values (0, $1, $2) on conflict do nothing",
        now,
        policy,
    )
    row = await tx.fetchrow(
        "select stage, since, pressed_since, calm_since, lane, paused_until from breaker_state for update"
    )
    if row is None:
        raise AssertionError("the row was put there above")
    return State(**dict(row))


async def save_state(tx: Tx, state: State, policy: str) -> None:
    """Where it stands now; every process sees it at its next look."""
    await tx.execute(
        "update breaker_state set stage = $1, since = $2, pressed_since = $3, calm_since = $4, lane = $5,"
        " paused_until = $6, policy = $7",
        state.stage, state.since, state.pressed_since, state.calm_since, state.lane, state.paused_until, policy,
    )  # fmt: skip
    tx.touch(Kind.BREAKER, 0)


async def insert_step(
    tx: Tx, before: int, state: State, *, name: str, cause: str, policy: str, figures: Any, record_id: str,
    now: Instant,
) -> None:  # fmt: skip
    """What it did, with what it saw."""
    await tx.execute(
        "insert into breaker_steps (id, at, from_stage, to_stage, name, cause, lane, policy, figures, record_id)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10)",
        new_id(now), now, before, state.stage, name, cause, state.lane, policy,
        msgspec.json.encode(figures).decode(), record_id,
    )  # fmt: skip
