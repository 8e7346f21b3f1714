"""Use case: a member says whose notifications are wanted."""

from __future__ import annotations

import msgspec

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .model import NotificationPolicy, PolicyChange
from .queries import policy_of


async def set_policy(tx: Tx, actor: Actor, change: PolicyChange) -> NotificationPolicy:
    """Change the policy for what happens from now on, and return all of it."""
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
    policy = msgspec.structs.replace(await policy_of(tx, actor.account_id), **given)
    await store.save_policy(tx, actor.account_id, policy)
    return policy
