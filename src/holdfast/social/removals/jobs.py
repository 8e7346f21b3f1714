"""The job that removes an account: part after part, each in a transaction of its own, so a restart goes on."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from .events import AccountRemovalBegun
from .remove import remove_some

_AFTER_WHAT_PEOPLE_WAIT_FOR = 8


async def remove_account(tx: Tx, payload: bytes, now: Instant) -> None:
    """AccountRemovalBegun (as JSON): remove the next part, and come back while there is more."""
    event = msgspec.json.decode(payload, type=AccountRemovalBegun)
    if await remove_some(tx, event.account_id, now=now):
        tx.enqueue(NewJob("remove_account", payload, priority=_AFTER_WHAT_PEOPLE_WAIT_FOR))
