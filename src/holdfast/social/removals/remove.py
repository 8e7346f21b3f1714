"""Use case: remove the next part of an account that is being deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...platform.clock import Instant
from ...platform.db import Tx
from ...records import ledger
from ...records.holds import Subject, park, park_for
from ..accounts import AccountId, Actor
from ..follows import sever_accounts
from ..posts import delete_post
from . import store
from .events import AccountRemoved
from .model import ROWS_AT_ONCE

_ASKED_BY = "account_removal"
_BASIS = "account-deleted"
_POSTS_AT_ONCE = ROWS_AT_ONCE // 10
_PAIRS_AT_ONCE = ROWS_AT_ONCE // 10


async def remove_some(tx: Tx, account_id: int, *, now: Instant) -> bool:
    """Remove a bounded part; False when nothing is left to do now. Whatever was removed before is not there any more, so
    it may be asked for again at any time. An account that is held as a whole waits with everything of it."""
    step = await store.lock_removal(tx, account_id)
    if step is None or await park(tx, Subject.ACCOUNT, [account_id], asked_by=_ASKED_BY):
        return False
    removed = await STEPS[step](tx, account_id, now)
    await store.note_progress(tx, account_id, rows=removed, next_step=step + (removed == 0))
    if removed == 0 and step + 1 == len(STEPS):
        await store.leave_name(tx, account_id, now)
        if hold_ids := await store.holds_of_the_rest(tx, account_id):
            await park_for(tx, Subject.ACCOUNT, account_id, hold_ids, asked_by=_ASKED_BY)
        else:
            # The proofs of what was recorded about the account stay; what they open to, and whom they mean, does not.
            await ledger.erase(tx, ledger.Subject.account(account_id), basis=_BASIS, now=now)
            tx.emit(AccountRemoved(account_id))
        return False
    return True


async def _posts(tx: Tx, account_id: int, now: Instant) -> int:
    ids = await store.posts_of(tx, account_id, limit=_POSTS_AT_ONCE)
    for post_id in ids:
        await delete_post(tx, Actor(account_id), post_id)
    if ids:
        return len(ids)
    await store.count_kept(tx, account_id)
    return await store.delete_lifted(tx, account_id, limit=_POSTS_AT_ONCE)


async def _media(tx: Tx, account_id: int, now: Instant) -> int:
    return await store.delete_media(tx, account_id, limit=ROWS_AT_ONCE)


async def _follows(tx: Tx, account_id: int, now: Instant) -> int:
    others = await store.tied_to(tx, account_id, limit=_PAIRS_AT_ONCE)
    for other in others:
        await sever_accounts(tx, Actor(account_id), AccountId(other))
    return len(others)


async def _favourites(tx: Tx, account_id: int, now: Instant) -> int:
    return await store.delete_favourites(tx, account_id, limit=ROWS_AT_ONCE)


async def _votes(tx: Tx, account_id: int, now: Instant) -> int:
    return await store.delete_votes(tx, account_id, limit=ROWS_AT_ONCE)


async def _mentions(tx: Tx, account_id: int, now: Instant) -> int:
    return await store.delete_mentions(tx, account_id, limit=ROWS_AT_ONCE)


async def _rest(tx: Tx, account_id: int, now: Instant) -> int:
    return await store.delete_rest(tx, account_id, limit=ROWS_AT_ONCE)


Step = Callable[[Tx, int, Instant], Awaitable[int]]

STEPS: tuple[Step, ...] = (_posts, _follows, _favourites, _votes, _mentions, _media, _rest)
"""In order; each is asked again until it removes nothing."""
