"""Use case: a link that lets somebody set a password without knowing one."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.crypto import new_secret, secret_hash
from ...platform.db import Tx
from . import store
from .model import Purpose


async def make_one_time_link(
    tx: Tx, account_id: int, purpose: Purpose, *, lifetime_hours: int, now: Instant
) -> str:
    """The secret of a fresh link; its address is `/auth/password/SECRET`. Earlier links of the account end."""
    secret = new_secret()
    await store.delete_links(tx, account_id)
    await store.insert_link(
        tx, secret_hash(secret), account_id, purpose.value, now + timedelta(hours=lifetime_hours)
    )
    return secret
