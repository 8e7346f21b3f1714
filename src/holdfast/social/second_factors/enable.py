"""Use case: a member turns on sign-in with codes from an authenticator app."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.crypto import Keyring
from ...platform.db import Tx
from ...platform.stamps import Kind
from ...pure.totp import matching_step
from . import store
from .errors import CodeNotRight, FactorAlreadySet
from .model import RECOVERY_CODES, new_recovery_code, plain_code, totp_context


async def enable_totp(
    tx: Tx, account_id: int, *, secret: bytes, code: str, keyring: Keyring, now: Instant
) -> list[str]:
    """Turn it on once a first code proves that the app has the secret; the recovery codes, shown only now.

    Raises CodeNotRight, FactorAlreadySet.
    """
    present, _ = await store.locked_secret(tx, account_id)
    if present is not None:
        raise FactorAlreadySet
    step = matching_step(secret, plain_code(code), now.timestamp(), after_step=0)
    if step is None:
        raise CodeNotRight
    await store.set_secret(tx, account_id, keyring.seal(secret, context=totp_context(account_id)), step)
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    await store.replace_recovery_codes(tx, account_id, codes)
    tx.touch(Kind.ACCESS, account_id)
    return codes
