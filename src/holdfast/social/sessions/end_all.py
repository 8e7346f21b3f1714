"""Use case: all sessions of an account end."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store


async def end_all_sessions(tx: Tx, account_id: int, *, but: int | None = None) -> int:
    """End them, all but the one `but` names; how many. Over for every process when this commits."""
    ended = await store.delete_sessions(tx, account_id, but=but)
    tx.touch(Kind.ACCESS, account_id)
    return ended
