"""Use case: an app changes what it is told of."""

from __future__ import annotations

from ...platform.db import Tx
from . import store
from .errors import NoSubscription
from .model import Alerts, Subscription
from .queries import subscription_of


async def change_alerts(tx: Tx, token_id: int, alerts: Alerts) -> Subscription:
    """Put these in place of those before. Raises NoSubscription."""
    if not await store.save_alerts(tx, token_id, alerts):
        raise NoSubscription
    return await subscription_of(tx, token_id)
