"""Use case: an account begins to be deleted."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from ..accounts import AccountState, set_account_state
from ..sessions import end_all_sessions
from ..tokens import end_tokens
from . import store
from .errors import OwnerNeeded
from .events import AccountRemovalBegun
from .model import RequestedBy


async def begin_removal(tx: Tx, account_id: int, *, by: RequestedBy, now: Instant) -> bool:
    """Hide the account and end all its access at once; its rows go afterwards, or, where a legal hold keeps
    them, when it is released: the member is answered in the same way. False when it is being deleted already.

    Raises OwnerNeeded.
    """
    if await store.is_last_owner(tx, account_id):
        raise OwnerNeeded
    if not await store.insert_removal(tx, account_id, by=by.value, now=now):
        return False
    await set_account_state(tx, account_id, AccountState.DELETING, now=now)
    await end_all_sessions(tx, account_id)
    await end_tokens(tx, account_id)
    for kind in (Kind.ACCOUNT, Kind.ACCESS, Kind.AUTHORED):
        tx.touch(kind, account_id)
    tx.touch(Kind.PUBLIC)
    tx.emit(AccountRemovalBegun(account_id))
    return True
