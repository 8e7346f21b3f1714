"""Use case: a new list."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ..accounts import Actor
from . import store
from .errors import ListInvalid
from .model import ListChange, ListLimits, ListView, RepliesPolicy, changed


async def create_list(
    tx: Tx, actor: Actor, change: ListChange, *, limits: ListLimits, now: Instant
) -> ListView:
    """An empty list; it needs a title. Raises ListInvalid, also at the cap."""
    one = changed(ListView(new_id(now), "", RepliesPolicy.LIST, False), change, limits)
    await store.lock_owner(tx, actor.account_id)
    if await store.count_lists(tx, actor.account_id) >= limits.lists:
        raise ListInvalid(
            "title", "ERR_TAKEN", f"is one too many: you have {limits.lists} lists, delete one first"
        )
    await store.put_list(tx, actor.account_id, one)
    return one
