"""Use case: somebody follows a one-time link and sets a password."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.crypto import secret_hash
from ...platform.db import Tx
from ..accounts import AccountId
from . import store
from .change_password import change_password
from .errors import LinkNotGood
from .model import Proof


async def use_one_time_link(tx: Tx, secret: str, password_hash: str, *, now: Instant) -> Proof:
    """Set the password and use the link up; what is proved by it, for `sign_in`. Raises LinkNotGood.

    A second factor stays on: a link replaces what was forgotten, not what was never shown.
    """
    account_id: AccountId | None = await store.take_link(tx, secret_hash(secret), now)
    if account_id is None:
        raise LinkNotGood
    await change_password(tx, account_id, password_hash)
    return Proof(account_id, store.hash_mark(password_hash))
