"""Use case: a member does not want an account suggested."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import AccountId, Actor
from . import store


async def dismiss_suggestion(tx: Tx, actor: Actor, target: AccountId, *, now: Instant) -> None:
    """Never suggest it again, whether it was suggested or not."""
    await store.insert_dismissed(tx, actor.account_id, target, now)
