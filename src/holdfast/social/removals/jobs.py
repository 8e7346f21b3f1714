"""The job that removes an account: part after part, each in a transaction of its own, so a restart goes on."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from ...records.holds import HoldReleased, Subject, ran, released_erasures
from . import store
from .events import AccountRemovalBegun
from .remove import remove_some

_AFTER_WHAT_PEOPLE_WAIT_FOR = 8
_ACCOUNTS_AT_ONCE = 100


async def remove_account(tx: Tx, payload: bytes, now: Instant) -> None:
    """AccountRemovalBegun (as JSON): remove the next part, and come back while there is more."""
    event = msgspec.json.decode(payload, type=AccountRemovalBegun)
    if await remove_some(tx, event.account_id, now=now):
        tx.enqueue(NewJob("remove_account", payload, priority=_AFTER_WHAT_PEOPLE_WAIT_FOR))


async def resume_removals(tx: Tx, payload: bytes, now: Instant) -> None:
    """HoldReleased: accounts whose removal waited for it are removed now."""
    hold_id = msgspec.json.decode(payload, type=HoldReleased).hold_id
    ids = await released_erasures(tx, Subject.ACCOUNT, hold_id, limit=_ACCOUNTS_AT_ONCE)
    await ran(tx, Subject.ACCOUNT, ids)
    for account_id in ids:
        await store.reopen_removal(tx, account_id)
        tx.emit(AccountRemovalBegun(account_id))
    if len(ids) == _ACCOUNTS_AT_ONCE:
        tx.enqueue(NewJob("resume_removals", payload))
