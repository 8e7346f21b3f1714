"""Use case: a code is offered as the second factor."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.crypto import Keyring
from ...platform.db import Tx
from ...pure.totp import DIGITS, matching_step
from . import store
from .model import plain_code, totp_context


async def check_second_factor(tx: Tx, account_id: int, typed: str, *, keyring: Keyring, now: Instant) -> bool:
    """Whether the code is good; a good one, of the app or of the recovery list, is used up with it."""
    sealed, last_step = await store.locked_secret(tx, account_id)
    if sealed is None:
        return False
    code = plain_code(typed)
    if len(code) == DIGITS and code.isascii() and code.isdigit():
        secret = keyring.open(sealed, context=totp_context(account_id))
        step = matching_step(secret, code, now.timestamp(), after_step=last_step)
        if step is None:
            return False
        await store.set_last_step(tx, account_id, step)
        return True
    return await store.take_recovery_code(tx, account_id, typed)
