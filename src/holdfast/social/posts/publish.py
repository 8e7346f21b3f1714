"""Use case: publish a post, or have it held."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ...screening import Content, Screen, Verdict
from ..accounts import AccountView, Actor
from . import store
from .errors import DraftNotAllowed, PostRefused
from .events import PostFlagged, PostHeld, PostPublished
from .model import (
    Composition,
    Draft,
    PostId,
    PostLimits,
    PostState,
    PostView,
    compose,
    draft_problems,
)
from .queries import post_of_key

# One character that people count can be this many code points (emoji families, flags).
_LONGEST_CHARACTER = 25


class Submission(msgspec.Struct, frozen=True):
    """A draft on its way. Made by `prepare` alone: composed, checked and screened, before any transaction."""

    draft: Draft
    composed: Composition
    verdict: Verdict
    parent: PostView | None = None


def prepare(
    draft: Draft,
    author: AccountView,
    *,
    parent: PostView | None,
    screen: Screen,
    limits: PostLimits,
    now: Instant,
) -> Submission:
    """Compose, check and screen a draft; CPU only. `parent` was seen by the author through the gate.

    Raises DraftNotAllowed with every problem, PostRefused with the reason.
    """
    if len(draft.text) + len(draft.spoiler) > limits.characters * _LONGEST_CHARACTER:
        raise DraftNotAllowed(
            {"text": [("ERR_TOO_LONG", f"character limit of {limits.characters} exceeded")]}
        )
    composed = compose(draft)
    problems = draft_problems(draft, composed, limits)
    if problems:
        raise DraftNotAllowed(problems)
    options = "\n".join(draft.poll.options) if draft.poll else ""
    verdict = screen.assess(
        Content(
            text=f"{composed.text}\n{options}" if options else composed.text,
            spoiler_text=composed.spoiler,
            language=draft.language,
            link_urls=tuple(composed.urls),
            author_age_days=(now - author.created_at).total_seconds() / 86_400,
            author_post_count=author.posts,
            is_reply=parent is not None,
            mention_count=len(composed.mention_names),
        )
    )
    if verdict.action == "refuse":
        raise PostRefused(verdict.reason)
    return Submission(draft, composed, verdict, parent)


async def publish_post(
    tx: Tx, actor: Actor, submission: Submission, *, limits: PostLimits, now: Instant
) -> PostId:
    """Store the post with everything that follows from it and return its id.

    The same Idempotency-Key gives the same post.
    """
    draft, composed, verdict = submission.draft, submission.composed, submission.verdict
    post_id = new_id(now)
    if draft.idempotency_key:
        earlier = await _claim_key(tx, actor, draft.idempotency_key, post_id, limits, now)
        if earlier is not None:
            return PostId(earlier)
    state = PostState.HELD if verdict.action == "hold" else PostState.VISIBLE
    parent = submission.parent
    await store.insert_post(
        tx, post_id, actor.account_id, actor.app_id, draft, composed,
        thread_id=parent.thread_id if parent else post_id,
        parent_author_id=parent.account_id if parent else None, state=state, now=now,
    )  # fmt: skip
    if draft.poll is not None:
        await store.insert_poll(
            tx, post_id, draft.poll, now + timedelta(seconds=draft.poll.expires_in_seconds), now
        )
    await store.attach(tx, post_id, composed, now)
    if verdict.action != "allow":
        await store.insert_verdict(tx, post_id, verdict, now)
    if state is PostState.HELD:
        tx.emit(PostHeld(post_id))
        tx.touch(Kind.AUTHORED, actor.account_id)
    else:
        store.announce(tx, actor.account_id, post_id, draft.visibility, parent)
        tx.emit(PostPublished(post_id))
        if verdict.action == "flag":
            tx.emit(PostFlagged(post_id))
    return PostId(post_id)


async def _claim_key(
    tx: Tx, actor: Actor, key: str, post_id: int, limits: PostLimits, now: Instant
) -> int | None:
    since = now - timedelta(hours=limits.idempotency_key_hours)
    # A key past its time is free again. Two requests at once: the second waits here for the first to commit.
    await tx.execute(
        "delete from idempotency_keys where account_id = $1 and key = $2 and created_at <= $3",
        actor.account_id, key, since,
    )  # fmt: skip
    if await store.claim_idempotency_key(tx, actor.account_id, key, post_id, now):
        return None
    return await post_of_key(tx, actor.account_id, key, since)
