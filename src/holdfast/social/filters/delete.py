"""Use case: a filter goes, with its keywords and posts."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import FilterNotVisible


async def delete_filter(tx: Tx, actor: Actor, filter_id: int) -> None:
    """Raises FilterNotVisible when the actor has none with that id."""
    if not await store.delete_filter(tx, actor.account_id, filter_id):
        raise FilterNotVisible
    store.announce(tx, actor.account_id)
