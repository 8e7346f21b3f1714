"""Use case: end an account's access and hide it at once."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .events import AccountSuspended
from .model import AccountState


async def suspend_account(tx: Tx, account_id: int, *, now: Instant) -> bool:
    """Suspend; whether that changed anything. Every cache forgets the account when this commits."""
    changed = await store.set_state(tx, account_id, AccountState.SUSPENDED, now=now)
    if changed:
        _forget(tx, account_id)
        tx.emit(AccountSuspended(account_id))
    return changed


def _forget(tx: Tx, account_id: int) -> None:
    for kind in (Kind.ACCOUNT, Kind.ACCESS, Kind.AUTHORED):
        tx.touch(kind, account_id)
    tx.touch(Kind.PUBLIC)
