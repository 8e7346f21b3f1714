"""Use case: a member lets an app in; the app gets a code to exchange."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.crypto import new_secret, secret_hash
from ...platform.db import Tx
from . import store
from .model import App


async def issue_code(
    tx: Tx, account_id: int, app: App, *, redirect_uri: str, scopes: tuple[str, ...], code_challenge: str | None,
    lifetime_seconds: int, now: Instant,
) -> str:  # fmt: skip
    """A code that can be exchanged once within its lifetime."""
    code = new_secret()
    await store.insert_code(
        tx, secret_hash(code), app.app_id, account_id, redirect_uri=redirect_uri, scopes=scopes,
        code_challenge=code_challenge, expires_at=now + timedelta(seconds=lifetime_seconds),
    )  # fmt: skip
    return code
