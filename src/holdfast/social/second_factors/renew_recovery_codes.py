"""Use case: a member wants a fresh list of recovery codes."""

from __future__ import annotations

from ...platform.db import Tx
from . import store
from .model import RECOVERY_CODES, new_recovery_code


async def renew_recovery_codes(tx: Tx, account_id: int) -> list[str]:
    """New codes, shown only now; the old ones stop working. The caller has checked the password."""
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    await store.replace_recovery_codes(tx, account_id, codes)
    return codes
