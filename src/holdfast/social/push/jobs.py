"""Reactions to events: who is sent what. The sending waits for the outside, so it is an errand (main/push_sending.py)."""

from __future__ import annotations

from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from ..notifications import NotificationMade
from .queries import waiting

SEND_PUSH: Final = "send_push"
"""The kind of the errands that send one message."""


class PushErrand(msgspec.Struct, frozen=True):
    """One message to one subscription. Holds ids alone: what it says is read when it is sent, and not kept."""

    subscription_id: int
    notification_id: int


async def queue_pushes(tx: Tx, payload: bytes, now: Instant) -> None:
    """NotificationMade: an errand for each subscription of the member's that wants to be told of this.

    Those of one subscription go one after the other, so an endpoint that does not answer costs one try at a time.
    """
    event = msgspec.json.decode(payload, type=NotificationMade)
    for subscription_id in await waiting(tx, event.notification_id):
        errand = PushErrand(subscription_id, event.notification_id)
        key = f"{SEND_PUSH} {subscription_id}"
        tx.enqueue(
            NewJob(
                SEND_PUSH, msgspec.json.encode(errand), lock_key=key, unique_key=f"{key} {event.notification_id}"
            )
        )  # fmt: skip
