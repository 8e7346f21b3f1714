"""What a post that waits is, and when one may be scheduled."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

from ...platform.clock import Instant
from ..drafts import Draft

PUBLISH_SCHEDULED: Final = "publish_scheduled"
"""The kind of the errand that publishes one; its payload is a DuePost."""


class ScheduledPost(msgspec.Struct, frozen=True):
    """A draft with its time. `failed_at`: when it could not be published, and `failure` says why; it waits then for
    its author, who sets another time or cancels it."""

    id: int
    account_id: int
    app_id: int | None
    scheduled_at: Instant
    draft: Draft
    created_at: Instant
    failed_at: Instant | None
    failure: str | None


class DuePost(msgspec.Struct, frozen=True):
    """Which post is to be published, and at what time: one that was given another time is left to its other errand."""

    id: int
    at: Instant


class ScheduleLimits(msgspec.Struct, frozen=True):
    """How many posts of an account may wait, and how long; every number is a setting."""

    waiting: int = 300
    per_day: int = 25
    min_seconds: int = 300
    max_days: int = 1_000_000
    idempotency_key_hours: int = 1


def time_problem(at: Instant, now: Instant, limits: ScheduleLimits) -> str | None:
    """What is wrong with a time; None when nothing is."""
    if at < now + timedelta(seconds=limits.min_seconds):
        return f"must be at least {limits.min_seconds // 60} minutes in the future"
    if at > now + timedelta(days=limits.max_days):
        return f"must be within {limits.max_days} days"
    return None


def number_problem(waiting: int, that_day: int, limits: ScheduleLimits) -> str | None:
    """What is wrong with one more post beside those that wait, on all days and on the same one."""
    if waiting >= limits.waiting:
        return f"cannot be set: you have {limits.waiting} posts waiting, which is the most"
    if that_day >= limits.per_day:
        return f"cannot be set: you have {limits.per_day} posts waiting for that day, which is the most"
    return None
