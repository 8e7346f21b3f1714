"""Use case: a list gets another title, policy or place."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .model import ListChange, ListLimits, ListView, changed
from .queries import one_list


async def edit_list(
    tx: Tx, actor: Actor, list_id: int, change: ListChange, *, limits: ListLimits
) -> ListView:
    """Set what `change` says and return the list. Raises ListNotVisible, ListInvalid."""
    await store.lock_owner(tx, actor.account_id)
    one = changed(await one_list(tx, actor.account_id, list_id), change, limits)
    await store.put_list(tx, actor.account_id, one)
    return one
