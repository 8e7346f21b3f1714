"""Use case: the author edits a post; every version that was shown is kept."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from ...screening.state import record_trial_hits
from ..accounts import Actor
from ..drafts import NewPoll
from ..media import attach_media
from ..quotes import count_quote, set_quote_policy
from . import store
from .errors import NotYours, PostNotVisible
from .events import PostEdited, PostFlagged, PostHeld, PostHidden
from .model import PollView, PostState, PostView, Submission
from .queries import load_posts


async def edit_post(tx: Tx, actor: Actor, post_id: int, submission: Submission, *, now: Instant) -> None:
    """Replace text, content warning, sensitivity, language, poll and uploads.

    The edit is screened like a new post: a held edit hides the post from others until a person decides, and a
    held post that an edit makes harmless stays held, because a person was promised a look. An edit that changes nothing
    of these makes no version and tells nobody; who may quote the post, and how long its poll runs, are set all the same.
    Raises PostNotVisible, NotYours, MediaNotAttachable.
    """
    draft, composed, verdict = submission.draft, submission.composed, submission.verdict
    await tx.execute("select 1 from posts where id = $1 for update", post_id)
    post = (await load_posts(tx, [post_id])).get(post_id)
    if post is None or post.boost_of_id is not None:
        raise PostNotVisible
    if post.account_id != actor.account_id:
        raise NotYours
    if draft.quote_policy is not None:
        await set_quote_policy(tx, actor, post_id, draft.quote_policy)
    if _says_the_same(post, submission):
        await _replace_poll(tx, post, draft.poll, now)
        return
    if post.edited_at is None:
        await store.keep_version(tx, post_id)
    held = verdict.action == "hold" or post.state is not PostState.VISIBLE
    state = post.state if post.state is PostState.WITHDRAWN else PostState.HELD if held else PostState.VISIBLE
    await store.update_post(
        tx, post_id, composed, sensitive=draft.sensitive or bool(composed.spoiler), language=draft.language,
        state=state, now=now,
    )  # fmt: skip
    await _replace_poll(tx, post, draft.poll, now)
    await store.set_mentions(tx, post_id, [], edited=True)
    tags_before = await store.set_tags(tx, post_id, {}, now, edited=True)
    for tag_id in tags_before:
        tx.touch(Kind.TAG, tag_id)
    await store.attach(tx, post_id, composed, now, edited=True)
    await attach_media(tx, actor.account_id, post_id, submission.media, edited=True)
    await store.keep_version(tx, post_id)
    if verdict.action != "allow":
        await store.insert_verdict(tx, post_id, verdict, now)
    await record_trial_hits(tx, post_id, verdict, now)
    store.announce(tx, actor.account_id, post_id, post.visibility, None)
    if post.state is PostState.VISIBLE and state is PostState.HELD:
        await store.count_post(tx, post.account_id, post.in_reply_to_id, -1)
        await count_quote(tx, post_id, -1)
        tx.emit(PostHeld(post_id))
        named = tuple(mention.account_id for mention in post.mentions)
        tx.emit(PostHidden(post_id, post.account_id, post.visibility.value, tuple(tags_before), named))
    elif state is PostState.VISIBLE:
        tx.emit(PostEdited(post_id))
        if verdict.action == "flag":
            tx.emit(PostFlagged(post_id))


def _same_choices(poll: PollView, wanted: NewPoll) -> bool:
    """Whether the votes can stay: people chose among these options, in this way."""
    return poll.options == [option.strip() for option in wanted.options] and poll.multiple == wanted.multiple


def _says_the_same(post: PostView, submission: Submission) -> bool:
    draft, composed, poll = submission.draft, submission.composed, post.poll
    if poll is None or draft.poll is None:
        same_poll = poll is None and draft.poll is None
    else:
        same_poll = _same_choices(poll, draft.poll)
    uploads = [(one.view.id, one.view.description, one.view.focus) for one in submission.media]
    return (
        same_poll
        and (composed.text, composed.spoiler) == (post.text, post.spoiler)
        and post.sensitive == (draft.sensitive or bool(composed.spoiler))
        and draft.language in (None, post.language)
        and uploads == [(one.id, one.description, one.focus) for one in post.media]
        and all(one.preview is None for one in submission.media)
    )


async def _replace_poll(tx: Tx, post: PostView, wanted: NewPoll | None, now: Instant) -> None:
    """The poll of the edit. With the same choices the votes stay, and an open poll gets the new end."""
    poll = post.poll
    ends = None if wanted is None else now + timedelta(seconds=wanted.expires_in_seconds)
    if poll is not None and wanted is not None and ends is not None and _same_choices(poll, wanted):
        if poll.expires_at > now:
            await store.set_poll_terms(tx, post.id, hide_totals=wanted.hide_totals, expires_at=ends)
        return
    if poll is not None:
        await store.delete_poll(tx, post.id)
    if wanted is not None and ends is not None:
        await store.insert_poll(tx, post.id, wanted, ends, now)
