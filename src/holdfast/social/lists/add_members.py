"""Use case: accounts are put into a list."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import ListInvalid, MemberNotFollowed
from .model import ListLimits
from .queries import one_list


async def add_list_members(
    tx: Tx, actor: Actor, list_id: int, member_ids: list[int], *, limits: ListLimits, now: Instant
) -> None:
    """All of them or none; those who are in already stay.

    Raises ListNotVisible, MemberNotFollowed when the actor neither follows one nor has asked to, ListInvalid at the cap.
    """
    await store.lock_owner(tx, actor.account_id)
    await one_list(tx, actor.account_id, list_id)
    wanted = list(dict.fromkeys(member_ids))
    if set(wanted) - await store.followed_among(tx, actor.account_id, wanted):
        raise MemberNotFollowed
    await store.insert_members(tx, actor.account_id, list_id, wanted, now)
    if await store.count_members(tx, list_id) > limits.members:
        raise ListInvalid("account_ids", "ERR_TOO_LONG", f"would be more than {limits.members} in one list")
