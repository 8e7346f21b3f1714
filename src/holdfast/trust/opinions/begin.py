"""Use case: a request about a queued post is recorded and counted, before anything is sent."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...screening.opinions import MAX_ATTEMPTS, PROMPT_VERSION, affords, build_prompt, next_day
from . import store
from .errors import AlreadyAnswered, AskedTooOften, BudgetSpent, MayNotBeSent, NotInQueue
from .model import OpinionRequest, Terms
from .queries import asked, queued_post, spent_on


async def begin_request(tx: Tx, post_id: int, terms: Terms, *, by_hand: bool, now: Instant) -> OpinionRequest:
    """The request to send once this is committed. Requests take turns here, so no two spend the same budget.

    A person (`by_hand`) may ask again where the queue would not, within the same budget and about the same posts.
    Raises NotInQueue, MayNotBeSent, AlreadyAnswered, AskedTooOften, BudgetSpent.
    """
    await store.take_turn(tx)
    post = await queued_post(tx, post_id)
    if post is None:
        raise NotInQueue
    if post.visibility not in terms.visibilities:
        raise MayNotBeSent(
            f"posts of visibility {post.visibility.name.lower()} are not sent; see second_opinion_visibilities"
        )
    before = await asked(tx, post_id, post.written_at)
    if before.answered and not by_hand:
        raise AlreadyAnswered
    if before.attempts >= MAX_ATTEMPTS and not by_hand:
        raise AskedTooOften
    prompt = build_prompt(terms.model, post.content, terms.max_characters)
    if not affords(terms.budget, await spent_on(tx, now), prompt.tokens_at_most):
        raise BudgetSpent(retry_after_seconds=int((next_day(now) - now).total_seconds()) + 1)
    request_id = new_id(now)
    await store.insert_request(
        tx,
        request_id,
        post_id,
        written_at=post.written_at,
        by_hand=by_hand,
        model=terms.model,
        prompt_version=PROMPT_VERSION,
        tokens_reserved=prompt.tokens_at_most,
        now=now,
    )
    return OpinionRequest(request_id, post_id, prompt.body)
