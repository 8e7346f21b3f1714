"""Every statement that writes posts that wait."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from ..accounts import Actor
from ..drafts import Draft
from .model import PUBLISH_SCHEDULED, DuePost, ScheduledPost
from .queries import view


async def insert(
    tx: Tx, post_id: int, actor: Actor, draft: Draft, at: Instant, *, key: str | None, now: Instant
) -> None:
    """A post that waits, with the errand that publishes it."""
    await tx.execute(
        "insert into scheduled_posts (id, account_id, app_id, scheduled_at, draft, idempotency_key, created_at)"
        " values ($1, $2, (select id from apps where id = $3), $4, $5, $6, $7)",
        post_id, actor.account_id, actor.app_id, at, msgspec.json.encode(draft), key, now,
    )  # fmt: skip
    enqueue(tx, post_id, at)


def enqueue(tx: Tx, post_id: int, at: Instant) -> None:
    """The errand that publishes a post at its time."""
    tx.enqueue(
        NewJob(
            PUBLISH_SCHEDULED, msgspec.json.encode(DuePost(post_id, at)), run_at=at,
            unique_key=f"{PUBLISH_SCHEDULED} {post_id} {at.isoformat()}",
        )
    )  # fmt: skip


async def set_time(tx: Tx, post_id: int, at: Instant) -> None:
    """Another time; a failure is forgotten."""
    await tx.execute(
        "update scheduled_posts set scheduled_at = $2, failed_at = null, failure = null where id = $1",
        post_id, at,
    )  # fmt: skip
    enqueue(tx, post_id, at)


async def delete(tx: Tx, post_id: int, account_id: int) -> bool:
    """Whether there was one."""
    return (
        await tx.execute("delete from scheduled_posts where id = $1 and account_id = $2", post_id, account_id)
        > 0
    )


async def take_due(tx: Tx, due: DuePost) -> ScheduledPost | None:
    """Remove a post that is published in the same transaction, so that it is published once, whoever tries.

    None when it was published, cancelled, given another time, or failed.
    """
    row = await tx.fetchrow(
        "delete from scheduled_posts where id = $1 and scheduled_at = $2 and failed_at is null"
        " returning id, account_id, app_id, scheduled_at, draft, created_at, failed_at, failure",
        due.id, due.at,
    )  # fmt: skip
    return None if row is None else view(row)


async def keep_failure(tx: Tx, due: DuePost, why: str, *, now: Instant) -> None:
    """Say why a post was not published; it stays with its author."""
    await tx.execute(
        "update scheduled_posts set failed_at = $3, failure = $4 where id = $1 and scheduled_at = $2",
        due.id, due.at, now, why,
    )  # fmt: skip
