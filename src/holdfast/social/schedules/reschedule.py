"""Use case: a post that waits is given another time."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor
from . import queries, store
from .errors import ScheduledNotFound, ScheduleNotAllowed
from .model import ScheduleLimits, number_problem, time_problem


async def reschedule_post(
    tx: Tx, actor: Actor, post_id: int, at: Instant, *, limits: ScheduleLimits, now: Instant
) -> None:
    """Raises ScheduledNotFound, ScheduleNotAllowed. One that failed waits anew."""
    problem = time_problem(at, now, limits)
    if problem:
        raise ScheduleNotAllowed(problem)
    await tx.execute("select 1 from account_counts where account_id = $1 for update", actor.account_id)
    mine = await tx.fetchval(
        "select 1 from scheduled_posts where id = $1 and account_id = $2 for update",
        post_id,
        actor.account_id,
    )
    if mine is None:
        raise ScheduledNotFound
    problem = number_problem(*await queries.how_many(tx, actor.account_id, at, besides=post_id), limits)
    if problem:
        raise ScheduleNotAllowed(problem)
    await store.set_time(tx, post_id, at)
