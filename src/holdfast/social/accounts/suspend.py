"""Use case: end an account's access and hide it at once."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .events import AccountSuspended
from .model import AccountState


async def suspend_account(tx: Tx, account_id: int, *, now: Instant, until: Instant | None = None) -> bool:
    """Suspend; whether that changed anything. Every cache forgets the account when this commits.

    One statement, however much the account has posted: what it wrote is hidden by the gate, since its author is.
    `until`: when it ends by itself.
    """
    changed = await store.set_state(tx, account_id, AccountState.SUSPENDED, now=now)
    if changed or until is not None:
        await store.suspend_until(tx, account_id, until)
    if changed:
        _forget(tx, account_id)
        tx.emit(AccountSuspended(account_id))
    return changed


def _forget(tx: Tx, account_id: int) -> None:
    for kind in (Kind.ACCOUNT, Kind.ACCESS, Kind.AUTHORED):
        tx.touch(kind, account_id)
    tx.touch(Kind.PUBLIC)
