"""Use case: publish a post, or have it held."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ...screening.state import record_trial_hits
from ..accounts import Actor
from ..drafts import PostLimits, Visibility
from ..media import attach_media
from ..quotes import attach_quote
from . import store
from .events import PostFlagged, PostHeld, PostPublished
from .model import PostId, PostState, Submission
from .queries import post_of_key


async def publish_post(
    tx: Tx, actor: Actor, submission: Submission, *, limits: PostLimits, now: Instant
) -> PostId:
    """Store the post with everything that follows from it and return its id.

    The same Idempotency-Key gives the same post. Raises QuoteNotAllowed when the quoted author does not agree (any more),
    MediaNotAttachable when another post was faster with an upload.
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
    if submission.media:
        await attach_media(tx, actor.account_id, post_id, submission.media)
    if draft.quoted_id is not None:
        await attach_quote(tx, post_id, draft.quoted_id, actor.account_id, visible=state is PostState.VISIBLE)
    if verdict.action != "allow":
        await store.insert_verdict(tx, post_id, verdict, now)
    await record_trial_hits(tx, post_id, verdict, now)
    if state is PostState.HELD:
        tx.emit(PostHeld(post_id))
        tx.touch(Kind.AUTHORED, actor.account_id)
    else:
        store.announce(tx, actor.account_id, post_id, draft.visibility, parent)
        direct = draft.visibility is Visibility.DIRECT
        tx.emit(PostPublished(post_id, links=bool(composed.urls), direct=direct))
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
