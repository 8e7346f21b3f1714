"""Use case: a new access token, for a member through an app or for the app itself."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.crypto import new_secret, secret_hash
from ...platform.db import Tx
from ...platform.ids import new_id
from . import store
from .model import IssuedToken


async def issue_token(
    tx: Tx, app_id: int, account_id: int | None, scopes: tuple[str, ...], *,
    code_hash: bytes | None = None, now: Instant,
) -> IssuedToken:  # fmt: skip
    """Make the token. `account_id` None: the app itself. The caller has checked that the scopes may be given."""
    secret = new_secret()
    await store.insert_token(
        tx, new_id(now), secret_hash(secret), app_id, account_id, scopes=scopes, code_hash=code_hash, now=now
    )
    return IssuedToken(secret, scopes, now)
