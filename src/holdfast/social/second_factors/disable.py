"""Use case: signing in asks for no code any more."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store


async def disable_totp(tx: Tx, account_id: int) -> None:
    """Turn it off and forget the recovery codes. The caller has checked the password, or is the operator."""
    await store.set_secret(tx, account_id, None, 0)
    await store.replace_recovery_codes(tx, account_id, [])
    tx.touch(Kind.ACCESS, account_id)
