"""The job that removes an account: part after part, each in a transaction of its own, so a restart goes on. And what
follows when a legal hold is released: erasures that waited for it run."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from ...records.holds import HoldReleased, Subject, ran, released_erasures
from ..media import delete_released
from ..posts import erase_kept
from . import store
from .events import AccountRemovalBegun
from .remove import remove_some

_AFTER_WHAT_PEOPLE_WAIT_FOR = 8
_ACCOUNTS_AT_ONCE = 100
_POSTS_AT_ONCE = 50
_UPLOADS_AT_ONCE = 200


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


async def finish_deletions(tx: Tx, payload: bytes, now: Instant) -> None:
    """HoldReleased: posts that were deleted while it kept them are erased, a bounded part at a time."""
    hold_id = msgspec.json.decode(payload, type=HoldReleased).hold_id
    ids = await released_erasures(tx, Subject.POST, hold_id, limit=_POSTS_AT_ONCE)
    for post_id in ids:
        await erase_kept(tx, post_id)
    await ran(tx, Subject.POST, ids)
    if len(ids) == _POSTS_AT_ONCE:
        tx.enqueue(NewJob("finish_deletions", payload))


async def finish_discards(tx: Tx, payload: bytes, now: Instant) -> None:
    """HoldReleased: uploads that were removed while it kept them go, a bounded part at a time."""
    hold_id = msgspec.json.decode(payload, type=HoldReleased).hold_id
    ids = await released_erasures(tx, Subject.MEDIA, hold_id, limit=_UPLOADS_AT_ONCE)
    await delete_released(tx, ids)
    await ran(tx, Subject.MEDIA, ids)
    if len(ids) == _UPLOADS_AT_ONCE:
        tx.enqueue(NewJob("finish_discards", payload))
