"""Use case: an app exchanges its authorization code for a token."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.crypto import secret_hash
from ...platform.db import Tx
from ...platform.stamps import Kind
from ..accounts import AccountState
from . import store
from .issue_token import issue_token
from .model import App, IssuedToken, verifier_matches


async def exchange_code(
    tx: Tx, app: App, code: str, *, redirect_uri: str, code_verifier: str | None, now: Instant
) -> IssuedToken | None:
    """The token, or None when the code is unknown, used, expired, another app's, or its proof is wrong.

    The transaction is to be committed in either case: a code that comes a second time has leaked, so what
    it gave the first time ends (RFC 6749, 4.1.2); and a code that was tried with a wrong proof is spent.
    """
    key = secret_hash(code)
    row = await store.take_code(tx, key, now)
    if row is None:
        return None
    if row["used_at"] is not None:
        await store.delete_tokens_of_code(tx, key)
        tx.touch(Kind.ACCESS, row["account_id"])
        return None
    good = (
        row["app_id"] == app.app_id
        and row["redirect_uri"] == redirect_uri
        and row["expires_at"] > now
        and row["state"] == AccountState.ACTIVE
        and verifier_matches(row["code_challenge"], code_verifier)
    )
    if not good:
        return None
    return await issue_token(tx, app.app_id, row["account_id"], tuple(row["scopes"]), code_hash=key, now=now)
