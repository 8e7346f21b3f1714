"""Use case: a post is kept, to be published at its time."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ..accounts import Actor
from ..drafts import Draft
from ..media import MediaNotAttachable, give_to_scheduled
from . import queries, store
from .errors import ScheduleNotAllowed
from .model import ScheduleLimits, number_problem, time_problem


async def schedule_post(
    tx: Tx, actor: Actor, draft: Draft, at: Instant, *, limits: ScheduleLimits, now: Instant
) -> int:
    """The id of the post that waits; the same Idempotency-Key gives the same. Raises ScheduleNotAllowed.

    `draft` was composed, checked and screened once, so that its author learns at once what is wrong with it; that is
    done again at its time, with the rules, the relations and the audience of then.
    """
    problem = time_problem(at, now, limits)
    if problem:
        raise ScheduleNotAllowed(problem)
    # The account's row is the lock, so that two requests at once cannot pass the limits, or use a key, together.
    await tx.execute("select 1 from account_counts where account_id = $1 for update", actor.account_id)
    if draft.idempotency_key:
        since = now - timedelta(hours=limits.idempotency_key_hours)
        earlier = await queries.of_key(tx, actor.account_id, draft.idempotency_key, since)
        if earlier is not None:
            return earlier
    problem = number_problem(*await queries.how_many(tx, actor.account_id, at, besides=0), limits)
    if problem:
        raise ScheduleNotAllowed(problem)
    post_id = new_id(now)
    # The key has done its work here: at its time nobody asks twice.
    kept = msgspec.structs.replace(draft, idempotency_key=None)
    await store.insert(tx, post_id, actor, kept, at, key=draft.idempotency_key, now=now)
    if draft.media_ids and await give_to_scheduled(tx, actor.account_id, post_id, draft.media_ids) != len(
        draft.media_ids
    ):
        raise MediaNotAttachable
    return post_id
