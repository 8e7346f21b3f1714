"""Use case: tokens end: one that is given back, those of one app, or all of a member."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store
from .model import TokenSession


async def end_tokens(tx: Tx, which: TokenSession | int, *, app_id: int | None = None) -> None:
    """End one token, or all tokens of the account `which`, only those of an app if `app_id` names it.

    Over for every process when this commits.
    """
    if isinstance(which, TokenSession):
        await store.delete_token(tx, which.token_id)
        if which.account_id is None:
            tx.touch(Kind.APP, which.app_id)
        else:
            tx.touch(Kind.ACCESS, which.account_id)
        return
    await store.delete_tokens(tx, which, app_id=app_id)
    tx.touch(Kind.ACCESS, which)
