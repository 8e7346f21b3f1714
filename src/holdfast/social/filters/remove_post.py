"""Use case: a filter names a post no longer."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .queries import filter_of_post


async def remove_filter_post(tx: Tx, actor: Actor, filtered_id: int) -> None:
    """`filtered_id` is the naming, not the post. Raises FilterNotVisible when the actor has none with that id."""
    await filter_of_post(tx, actor.account_id, filtered_id)
    await store.delete_post(tx, filtered_id)
    store.announce(tx, actor.account_id)
