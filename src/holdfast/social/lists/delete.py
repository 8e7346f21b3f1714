"""Use case: a list goes; its members stay followed."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import ListNotVisible


async def delete_list(tx: Tx, actor: Actor, list_id: int) -> None:
    """Raises ListNotVisible when the actor has none with that id."""
    if not await store.delete_list(tx, actor.account_id, list_id):
        raise ListNotVisible
