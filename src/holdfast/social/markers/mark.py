"""Use case: a member's app says how far the member has read."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from ..accounts import Actor
from . import store
from .model import Marker
from .queries import markers


async def save_markers(tx: Tx, actor: Actor, read: dict[str, str], *, now: Instant) -> dict[str, Marker]:
    """Set the markers of some timelines (timeline -> public id of the last that was read) and return them."""
    tx.relaxed()
    for timeline, last_read_id in sorted(read.items()):
        await store.save_marker(tx, actor.account_id, timeline, last_read_id, now)
    tx.touch(Kind.NOTIFICATIONS, actor.account_id)
    return await markers(tx, actor.account_id, sorted(read))
