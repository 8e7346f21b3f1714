"""Use case: a browser is signed in."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.crypto import new_secret, secret_hash
from ...platform.db import Tx
from ...platform.ids import new_id
from . import store
from .model import Device, SessionLimits


async def start_session(
    tx: Tx, account_id: int, device: Device, *, limits: SessionLimits, now: Instant
) -> str:
    """Open a session and return its secret, which only the browser keeps. Use puts off its end: see `SessionReader`.

    The caller has made sure who it is: see `credentials.sign_in`.
    """
    secret = new_secret()
    await store.insert_session(
        tx, new_id(now), account_id, secret_hash(secret), device,
        now=now, expires_at=now + timedelta(days=min(limits.lifetime_days, limits.idle_days)),
    )  # fmt: skip
    return secret
