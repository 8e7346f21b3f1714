"""Use case: the staff restrict an account without hiding it, or take that back."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .events import AccountRestricted
from .model import Restriction


async def restrict_account(
    tx: Tx, account_id: int, restriction: Restriction, *, on: bool, now: Instant, until: Instant | None = None
) -> bool:
    """Set or lift one restriction, in every process when this commits; whether that changed anything.

    `until`: when it ends by itself. Sessions and tokens of a disabled account are for the caller to end: they open
    nothing while it is disabled, and would open again after.
    """
    if on:
        changed = await store.restrict(tx, account_id, restriction, until=until, now=now)
    else:
        changed = await store.lift(tx, account_id, restriction)
    if changed:
        for kind in (Kind.ACCOUNT, Kind.ACCESS, Kind.AUTHORED):
            tx.touch(kind, account_id)
        tx.touch(Kind.PUBLIC)
        tx.emit(AccountRestricted(account_id, restriction.value, on))
    return changed
