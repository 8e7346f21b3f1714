"""Use case: give an account its place back: after a suspension, or when a sign-up is approved."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .events import AccountApproved, AccountReinstated
from .model import AccountState


async def reinstate_account(tx: Tx, account_id: int, *, now: Instant) -> bool:
    """Make it active; whether that changed anything. Tokens that ended stay ended."""
    was = await store.lock_state(tx, account_id)
    changed = await store.set_state(tx, account_id, AccountState.ACTIVE, now=now)
    if changed:
        await store.suspend_until(tx, account_id, None)
        tx.emit(AccountApproved(account_id) if was is AccountState.PENDING else AccountReinstated(account_id))
        for kind in (Kind.ACCOUNT, Kind.ACCESS, Kind.AUTHORED):
            tx.touch(kind, account_id)
        tx.touch(Kind.PUBLIC)
    return changed
