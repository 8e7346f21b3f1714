"""What the moderation desk does by the clock: order, copies, measures."""

from __future__ import annotations

from datetime import timedelta

from ..platform.clock import Instant
from ..platform.db import Tx
from ..platform.jobs import Periodic
from ..platform.settings import Settings
from ..trust.backlog import Capacity, record_sample
from ..trust.cases import reorder_stale
from ..trust.intake import link_copies

SAMPLE_EVERY = timedelta(minutes=5)
"""As the ledger's readers expect it."""


def capacity_of(settings: Settings) -> Capacity:
    """Who works at the desk, as the operator says."""
    return Capacity(settings.desk_reviewers, settings.desk_decision_seconds)


def desk_actions(settings: Settings) -> tuple[tuple[str, timedelta, Periodic], ...]:
    """Name, interval, action."""
    targets, capacity = settings.lane_targets_seconds, capacity_of(settings)
    age = timedelta(seconds=settings.desk_reorder_seconds)

    async def reorder(tx: Tx, now: Instant) -> None:
        await reorder_stale(tx, targets=targets, older_than=now - age, now=now)

    async def sample(tx: Tx, now: Instant) -> None:
        await record_sample(tx, targets=targets, capacity=capacity, now=now)

    return (
        ("reorder_cases", timedelta(seconds=10), reorder),
        ("link_copies", timedelta(seconds=settings.desk_copies_seconds), link_copies),
        ("sample_backlog", SAMPLE_EVERY, sample),
    )
