"""Use case: an account moves to another one of the same person."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor, find_by_handle
from ..graph import standing
from . import store
from .errors import MoveNotAllowed
from .events import AccountMoved
from .model import plain_handle
from .queries import aliases_of, move_of


async def move_account(
    tx: Tx, actor: Actor, username: str, handle: str, *, domain: str, cooldown_days: int, now: Instant
) -> int:
    """Point to the account `handle` and take the followers along in the background; its id. `username`: the actor's.

    The other account must name this one as an alias, which proves that both are one person's. Raises MoveNotAllowed,
    AccountNotVisible, YourselfNotAllowed.
    """
    name = plain_handle(handle, domain)
    target = await find_by_handle(tx, name) if name is not None and "@" not in name else None
    if target is None:
        raise MoveNotAllowed(
            "There is no such account on this server; moving to other servers comes with federation."
        )
    await standing(tx, actor.account_id, target)
    moved_to, moved_at = await move_of(tx, actor.account_id)
    if moved_at is not None and moved_at + timedelta(days=cooldown_days) > now:
        again = moved_at + timedelta(days=cooldown_days)
        raise MoveNotAllowed(
            f"This account moved on {moved_at:%Y-%m-%d}; it can move again from {again:%Y-%m-%d}."
        )
    if (await move_of(tx, target))[0] is not None:
        raise MoveNotAllowed("That account has moved itself; move to where it went.")
    if username.lower() not in await aliases_of(tx, target):
        raise MoveNotAllowed(
            f"Sign in as {name} first and name {username} there as another account of yours."
        )
    if moved_to != target:
        await store.set_moved(tx, actor.account_id, target, now)
        tx.emit(AccountMoved(actor.account_id, target))
    return target
