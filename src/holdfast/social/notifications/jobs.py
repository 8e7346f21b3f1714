"""Reactions to events. Each tells what is true when it runs, and running twice tells nothing twice.

`payload` is the event as JSON. What comes from one post shares its thread, so that a muted thread stays quiet.
"""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import AccountCreated
from ..follows import AccountFollowed, FollowAccepted, FollowEnded, FollowRejected, FollowRequested
from ..posts import PostEdited, PostPublished, PostState, PostView, Visibility, load_and_keep, load_posts
from ..quotes import PostQuoted, QuoteState
from ..reactions import PollClosed, PostBoosted, PostFavourited, PostUnfavourited
from . import queries, store
from .model import Notice, NotificationKind


async def notify_published(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostPublished: those it names, and followers who asked to be told of every post."""
    post = await _visible_post(tx, msgspec.json.decode(payload, type=PostPublished).post_id)
    if post is None or post.boost_of_id is not None:
        return
    named = await _tell_named(tx, post, now)
    own_thread = post.in_reply_to_account_id in (None, post.account_id)
    if post.visibility is not Visibility.DIRECT and own_thread:
        followers = set(await queries.followers_to_tell(tx, post.account_id)) - named
        notice = Notice(NotificationKind.POST, post.account_id, post.id, post.thread_id)
        await store.tell(tx, notice, list(followers), now)


async def notify_edited(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostEdited: those it names now, and those who boosted it or were told of it; the last edit replaces earlier."""
    post = await _visible_post(tx, msgspec.json.decode(payload, type=PostEdited).post_id)
    if post is None:
        return
    named = await _tell_named(tx, post, now)
    await store.forget_post_notices(tx, NotificationKind.EDIT, post.id)
    concerned = set(await queries.told_or_boosted(tx, post.id)) - named
    notice = Notice(NotificationKind.EDIT, post.account_id, post.id, post.thread_id)
    await store.tell(tx, notice, list(concerned), now)


async def notify_quoted(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostQuoted: the author of the quoted post, about the post that quotes it."""
    event = msgspec.json.decode(payload, type=PostQuoted)
    post = await _visible_post(tx, event.post_id)
    quoted = (await load_posts(tx, [event.quoted_id])).get(event.quoted_id)
    if post is None or quoted is None or post.quote is None or post.quote.state is not QuoteState.ACCEPTED:
        return
    notice = Notice(NotificationKind.QUOTE, event.account_id, post.id, quoted.thread_id)
    await store.tell(tx, notice, [quoted.account_id], now)


async def notify_quoters(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostEdited: those who quote it, each about their own post; the last edit replaces earlier ones."""
    post = await _visible_post(tx, msgspec.json.decode(payload, type=PostEdited).post_id)
    if post is None or not post.quotes:
        return
    for quoting_id, account_id in await queries.quoters(tx, post.id):
        await store.forget_post_notices(tx, NotificationKind.QUOTED_UPDATE, quoting_id)
        notice = Notice(NotificationKind.QUOTED_UPDATE, post.account_id, quoting_id, post.thread_id)
        await store.tell(tx, notice, [account_id], now)


async def notify_boosted(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostBoosted: the author of the post."""
    event = msgspec.json.decode(payload, type=PostBoosted)
    post = await _visible_post(tx, event.post_id)
    if post is not None and await queries.still_boosted(tx, event.boost_id):
        notice = Notice(
            NotificationKind.BOOST, event.account_id, event.boost_id, post.thread_id, about_id=post.id
        )
        await store.tell(tx, notice, [post.account_id], now)


async def notify_favourited(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostFavourited: the author of the post."""
    event = msgspec.json.decode(payload, type=PostFavourited)
    post = await _visible_post(tx, event.post_id)
    if post is not None and await queries.still_favourited(tx, event.post_id, event.account_id):
        notice = Notice(NotificationKind.FAVOURITE, event.account_id, post.id, post.thread_id)
        await store.tell(tx, notice, [post.account_id], now)


async def forget_favourite(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostUnfavourited: its notification goes."""
    event = msgspec.json.decode(payload, type=PostUnfavourited)
    await store.forget_favourite(tx, event.post_id, event.account_id)


async def notify_followed(tx: Tx, payload: bytes, now: Instant) -> None:
    """AccountFollowed: who is followed."""
    event = msgspec.json.decode(payload, type=AccountFollowed)
    await _tell_followed(tx, event.follower_id, event.followed_id, now)


async def notify_accepted(tx: Tx, payload: bytes, now: Instant) -> None:
    """FollowAccepted: the request's notification becomes one of a follow."""
    event = msgspec.json.decode(payload, type=FollowAccepted)
    await store.forget_request(tx, event.follower_id, event.followed_id)
    await _tell_followed(tx, event.follower_id, event.followed_id, now)


async def notify_requested(tx: Tx, payload: bytes, now: Instant) -> None:
    """FollowRequested: who is asked."""
    event = msgspec.json.decode(payload, type=FollowRequested)
    if await queries.still_requested(tx, event.follower_id, event.followed_id):
        notice = Notice(NotificationKind.FOLLOW_REQUEST, event.follower_id)
        await store.tell(tx, notice, [event.followed_id], now)


async def forget_follow(tx: Tx, payload: bytes, now: Instant) -> None:
    """FollowEnded: what was told of the follow, and of the request before it, goes."""
    event = msgspec.json.decode(payload, type=FollowEnded)
    await store.forget_follow(tx, event.follower_id, event.followed_id)
    await store.forget_request(tx, event.follower_id, event.followed_id)


async def forget_request(tx: Tx, payload: bytes, now: Instant) -> None:
    """FollowRejected: the request's notification goes."""
    event = msgspec.json.decode(payload, type=FollowRejected)
    await store.forget_request(tx, event.follower_id, event.followed_id)


async def notify_poll_closed(tx: Tx, payload: bytes, now: Instant) -> None:
    """PollClosed: the author and everybody who voted."""
    event = msgspec.json.decode(payload, type=PollClosed)
    post = await _visible_post(tx, event.post_id)
    if post is not None:
        notice = Notice(NotificationKind.POLL, post.account_id, post.id, post.thread_id, own=True)
        told = [post.account_id, *await queries.voters(tx, event.poll_id)]
        await store.tell(tx, notice, told, now)


async def notify_signed_up(tx: Tx, payload: bytes, now: Instant) -> None:
    """AccountCreated: the staff, unless the operator made the account."""
    event = msgspec.json.decode(payload, type=AccountCreated)
    if event.pending or not event.by_operator:
        notice = Notice(NotificationKind.SIGN_UP, event.account_id)
        await store.tell(tx, notice, await queries.staff(tx), now)


async def _visible_post(tx: Tx, post_id: int) -> PostView | None:
    post = await load_and_keep(tx, post_id)
    return post if post is not None and post.state is PostState.VISIBLE else None


async def _tell_named(tx: Tx, post: PostView, now: Instant) -> set[int]:
    named = {mention.account_id for mention in post.mentions if not mention.silent}
    notice = Notice(NotificationKind.MENTION, post.account_id, post.id, post.thread_id)
    await store.tell(tx, notice, list(named), now)
    return named


async def _tell_followed(tx: Tx, follower_id: int, followed_id: int, now: Instant) -> None:
    if await queries.still_following(tx, follower_id, followed_id):
        await store.tell(tx, Notice(NotificationKind.FOLLOW, follower_id), [followed_id], now)
