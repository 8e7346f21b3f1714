"""Reactions to events: who is not followed any more leaves the lists. `payload` is the event as JSON."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ..follows import FollowEnded, FollowRejected
from . import store


async def leave_lists(tx: Tx, payload: bytes, now: Instant) -> None:
    """FollowEnded, by hand or by a block: the account leaves the lists of whoever followed it."""
    event = msgspec.json.decode(payload, type=FollowEnded)
    await store.leave_all(tx, event.follower_id, event.followed_id)


async def leave_lists_of_rejected(tx: Tx, payload: bytes, now: Instant) -> None:
    """FollowRejected: the account leaves the lists of whoever asked."""
    event = msgspec.json.decode(payload, type=FollowRejected)
    await store.leave_all(tx, event.follower_id, event.followed_id)
