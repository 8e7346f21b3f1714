"""Use case: a member names another account as the own."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor, find_by_handle
from . import store
from .errors import AliasNotAllowed
from .model import plain_handle


async def add_alias(tx: Tx, actor: Actor, handle: str, *, domain: str, most: int, now: Instant) -> str:
    """Name another account as one's own, so that it may move here; its handle as it is kept. Raises AliasNotAllowed."""
    kept = plain_handle(handle, domain)
    if kept is None:
        raise AliasNotAllowed("That is no address, such as name@example.org.")
    if "@" not in kept:
        found = await find_by_handle(tx, kept)
        if found is None:
            raise AliasNotAllowed(f"There is no account {kept} on this server.")
        if found == actor.account_id:
            raise AliasNotAllowed("That is this account itself.")
    if not await store.insert_alias(tx, actor.account_id, kept, now, most=most):
        raise AliasNotAllowed(f"You name {most} accounts already; remove one first.")
    return kept
