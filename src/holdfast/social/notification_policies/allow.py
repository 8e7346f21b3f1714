"""Use case: a member lets somebody's notifications through, whatever the policy says."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store


async def allow_sender(tx: Tx, actor: Actor, from_id: int) -> None:
    """From now on; what was kept apart before is another matter. Twice is as good as once."""
    await store.allow(tx, actor.account_id, from_id)
