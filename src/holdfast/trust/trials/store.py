"""Every statement that writes trials."""

from __future__ import annotations

from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import TrialState

_KEPT: Final = 200
"""Trials that are kept; older ones go when a new one comes."""


async def insert_trial(
    tx: Tx, trial_id: int, rule_id: str | None, source: str, posts: int, *, by: int | None, now: Instant
) -> None:
    """A trial that waits."""
    await tx.execute(
        "insert into rule_trials (id, rule_id, source, posts, asked_by, asked_at, state)"
        " values ($1, $2, $3, $4, $5, $6, 'waiting')",
        trial_id, rule_id, source, posts, by, now,
    )  # fmt: skip
    await tx.execute(
        "delete from rule_trials where id in (select id from rule_trials order by id desc offset $1)", _KEPT
    )


async def mark_running(tx: Tx, trial_id: int) -> None:
    """Somebody is at it."""
    await tx.execute("update rule_trials set state = 'running' where id = $1", trial_id)


async def set_result(
    tx: Tx, trial_id: int, state: TrialState, *, result: str | None, problem: str, now: Instant
) -> None:
    """What came of it."""
    await tx.execute(
        "update rule_trials set state = $2, result = $3::jsonb, problem = $4, done_at = $5 where id = $1",
        trial_id, state.value, result, problem, now,
    )  # fmt: skip
