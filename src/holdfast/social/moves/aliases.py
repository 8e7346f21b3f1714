"""Use cases: a member names another account as the own, or no longer does."""

from __future__ import annotations

import re

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor, find_by_handle
from . import store
from .errors import AliasNotAllowed

_HANDLE = re.compile(r"([a-z0-9_][a-z0-9_.-]{0,63})(?:@([a-z0-9.-]{1,253}(?::[0-9]{1,5})?))?")


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


async def remove_alias(tx: Tx, actor: Actor, handle: str) -> bool:
    """Whether it was there."""
    return await store.delete_alias(tx, actor.account_id, handle)


def plain_handle(text: str, domain: str) -> str | None:
    """A handle in lower case, without @ before it and without this server's domain; None for what is none."""
    match = _HANDLE.fullmatch(text.strip().removeprefix("@").lower())
    if match is None:
        return None
    return match[1] if match[2] in (None, domain.lower()) else f"{match[1]}@{match[2]}"
