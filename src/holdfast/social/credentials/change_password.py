"""Use case: a new password, which ends what the old one opened."""

from __future__ import annotations

from ...platform.db import Tx
from ..sessions import end_all_sessions
from ..tokens import end_tokens
from . import store


async def change_password(
    tx: Tx, account_id: int, password_hash: str, *, keep_session: int | None = None
) -> None:
    """Set it; end every token, every one-time link, and every session but `keep_session`.

    The caller has checked the old password, or holds a one-time link, or is the operator; and has checked
    the new one by `password_problem` and hashed it before the transaction.
    """
    await store.set_password_hash(tx, account_id, password_hash)
    await store.delete_links(tx, account_id)
    await end_all_sessions(tx, account_id, but=keep_session)
    await end_tokens(tx, account_id)
