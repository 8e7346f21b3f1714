"""Every statement that writes bulk plans."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import BulkPlan


async def insert_plan(tx: Tx, plan: BulkPlan) -> None:
    """A plan that was made."""
    await tx.execute(
        "insert into bulk_plans (id, query, ruling, found, accounts, digest, reason, planned_by, planned_at)"
        " values ($1, $2::jsonb, $3::jsonb, $4, $5, $6, $7, $8, $9)",
        plan.id, msgspec.json.encode(plan.query).decode(), msgspec.json.encode(plan.ruling).decode(), plan.found,
        plan.accounts, plan.digest, plan.reason, plan.planned_by, plan.planned_at,
    )  # fmt: skip


async def set_approved(tx: Tx, plan_id: int, by: int | None, now: Instant) -> None:
    """A second person agrees."""
    await tx.execute(
        "update bulk_plans set approved_by = $2, approved_at = $3 where id = $1", plan_id, by, now
    )


async def set_run(tx: Tx, plan_id: int, decision_id: int, now: Instant) -> None:
    """It was run: this decision is its undo handle."""
    await tx.execute(
        "update bulk_plans set decision_id = $2, run_at = $3 where id = $1", plan_id, decision_id, now
    )
