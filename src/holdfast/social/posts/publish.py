"""Use case: publish a post, or have it held."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ...screening import Verdict
from ..accounts import Actor, find_handles
from . import store
from .errors import DraftNotAllowed, PostRefused
from .events import PostFlagged, PostHeld, PostPublished
from .model import Composition, Draft, PostId, PostLimits, PostState, PostView, Visibility, draft_problems
from .queries import post_of_key


class Submission(msgspec.Struct, frozen=True):
    """A draft on its way: composed and screened before the transaction; `parent` was seen through the gate."""

    draft: Draft
    composed: Composition
    verdict: Verdict
    parent: PostView | None = None


async def publish_post(
    tx: Tx, actor: Actor, submission: Submission, *, limits: PostLimits, now: Instant
) -> PostId:
    """Store the post with everything that follows from it and return its id.

    The same Idempotency-Key gives the same post. Raises DraftNotAllowed, PostRefused.
    """
    draft, composed, verdict = submission.draft, submission.composed, submission.verdict
    problems = draft_problems(draft, composed, limits)
    if problems:
        raise DraftNotAllowed(problems)
    if verdict.action == "refuse":
        raise PostRefused(verdict.reason)
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
    await attach(tx, post_id, composed, now)
    if verdict.action != "allow":
        await store.insert_verdict(tx, post_id, verdict, now)
    if state is PostState.HELD:
        tx.emit(PostHeld(post_id))
        tx.touch(Kind.AUTHORED, actor.account_id)
    else:
        announce(tx, actor.account_id, post_id, draft.visibility, parent)
        tx.emit(PostPublished(post_id))
        if verdict.action == "flag":
            tx.emit(PostFlagged(post_id))
    return PostId(post_id)


async def attach(tx: Tx, post_id: int, composed: Composition, now: Instant) -> None:
    """Link a post's mentions and hashtags; used by publishing and editing."""
    local = [name for name in composed.mention_names if "@" not in name]
    if local:
        handles = await find_handles(tx, local)
        await store.set_mentions(tx, post_id, list(handles.values()))
    if composed.tags:
        for tag_id in await store.set_tags(tx, post_id, composed.tags, now):
            tx.touch(Kind.TAG, tag_id)


def announce(tx: Tx, author_id: int, post_id: int, visibility: Visibility, parent: PostView | None) -> None:
    """Make every cache know that a post appeared, changed its place, or went."""
    tx.touch(Kind.POST, post_id)
    tx.touch(Kind.AUTHORED, author_id)
    tx.touch(Kind.ACCOUNT, author_id)
    if visibility is Visibility.PUBLIC:
        tx.touch(Kind.PUBLIC)
    if parent is not None:
        tx.touch(Kind.POST, parent.id)


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
