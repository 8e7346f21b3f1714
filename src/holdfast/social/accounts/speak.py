"""Use case: a member chooses the language that pages and letters are in."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from . import store


async def choose_locale(tx: Tx, account_id: int, locale: str) -> None:
    """From now on statements of reasons, pages and messages of the server are in this language, where it has words."""
    await store.set_locale(tx, account_id, locale)
    tx.touch(Kind.ACCESS, account_id)
