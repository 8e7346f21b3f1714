"""Use case: one session ends, by signing out or because its owner revoked it."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store


async def end_session(tx: Tx, account_id: int, session_id: int) -> bool:
    """End it; whether the account had it. Over for every process when this commits."""
    ended = await store.delete_session(tx, account_id, session_id)
    if ended:
        tx.touch(Kind.ACCESS, account_id)
    return ended
