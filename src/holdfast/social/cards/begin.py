"""Use case: a post links to an address. Is its card known, does somebody ask already, or is it ours to ask?"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .model import CardLimits, CardState, is_fresh


class Begun(msgspec.Struct, frozen=True):
    """What to do. `ask`: fetch the address and record what came; `look_again_at`: somebody else does that now."""

    card_id: int
    ask: bool
    look_again_at: Instant | None = None


async def begin_card(tx: Tx, post_id: int, url: str, limits: CardLimits, *, now: Instant) -> Begun:
    """Put the card of `url` below the post and say whether to ask: one asks for all, and only once in some hours."""
    row = await store.lock_card(tx, url, now)
    state = CardState(row["state"])
    if await store.link_post(tx, post_id, row["id"]) and state is CardState.SHOWN:
        tx.touch(Kind.POST, post_id)
    if is_fresh(state, row["fetched_at"], row["failures"], now, limits):
        return Begun(row["id"], ask=False)
    if row["fetching_until"] is not None and row["fetching_until"] > now:
        return Begun(row["id"], ask=False, look_again_at=row["fetching_until"])
    await store.claim_fetch(tx, row["id"], now + timedelta(seconds=limits.lease_seconds))
    return Begun(row["id"], ask=True)
