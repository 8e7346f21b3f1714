"""The job that takes followers along, some at a time."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from ...pure.errors import HoldfastError
from ..accounts import AccountId, Actor
from ..blocks import block_account
from ..follows import follow_account, unfollow_account
from ..graph import FollowOptions
from . import store
from .events import AccountMoved
from .queries import move_of

FOLLOWERS_AT_ONCE = 50
_AFTER_WHAT_PEOPLE_WAIT_FOR = 6


class _Progress(AccountMoved, frozen=True, tag="AccountMoved"):
    after: int = -1


async def move_followers(tx: Tx, payload: bytes, now: Instant) -> None:
    """AccountMoved (as JSON): the next followers follow the new account and no longer the old one.

    Who blocks or mutes the old account blocks or mutes the new one first, so that nobody moves away from that.
    """
    event = msgspec.json.decode(payload, type=_Progress)
    old, new = event.account_id, AccountId(event.target_id)
    if (await move_of(tx, old))[0] != new:
        return
    await store.copy_mutes(tx, old, new, now)
    blocking = await store.blockers(tx, old, new, limit=FOLLOWERS_AT_ONCE)
    for account_id in blocking:
        await _quietly(tx, account_id, new, now)
    if len(blocking) == FOLLOWERS_AT_ONCE:
        _again(tx, event)
        return
    rows = await store.followers(tx, old, after=event.after, limit=FOLLOWERS_AT_ONCE)
    for follower_id, show_boosts, notify, languages in rows:
        follower, options = Actor(follower_id), FollowOptions(show_boosts, notify, languages)
        try:
            async with tx.attempt():
                if follower_id != new:
                    await follow_account(tx, follower, new, options, now=now)
                await unfollow_account(tx, follower, AccountId(old))
        except HoldfastError:
            # Whoever cannot follow the new account keeps the old one.
            continue
    if len(rows) == FOLLOWERS_AT_ONCE:
        _again(tx, msgspec.structs.replace(event, after=rows[-1][0]))


async def _quietly(tx: Tx, account_id: int, target: AccountId, now: Instant) -> None:
    try:
        async with tx.attempt():
            await block_account(tx, Actor(account_id), target, now=now)
    except HoldfastError:
        return


def _again(tx: Tx, event: _Progress) -> None:
    payload = msgspec.json.encode(event)
    tx.enqueue(NewJob("move_followers", payload, priority=_AFTER_WHAT_PEOPLE_WAIT_FOR))
