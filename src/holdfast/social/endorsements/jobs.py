"""Reactions to events. `payload` is the event as JSON."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ..follows import FollowEnded
from . import store


async def forget_endorsement(tx: Tx, payload: bytes, now: Instant) -> None:
    """FollowEnded, by hand or by a block: only who is followed is endorsed."""
    event = msgspec.json.decode(payload, type=FollowEnded)
    await store.delete_unfollowed(tx, event.follower_id, event.followed_id)
