"""Use case: accounts are taken out of a list."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .queries import one_list


async def remove_list_members(tx: Tx, actor: Actor, list_id: int, member_ids: list[int]) -> None:
    """Who is not in it is as good as taken out. Raises ListNotVisible."""
    await one_list(tx, actor.account_id, list_id)
    await store.delete_members(tx, actor.account_id, list_id, member_ids)
