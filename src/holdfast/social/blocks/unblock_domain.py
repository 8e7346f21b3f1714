"""Use case: take the block of a server back."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from ...pure.entities import ascii_domain
from ..accounts import Actor
from . import store


async def remove_domain_block(tx: Tx, actor: Actor, domain: str) -> bool:
    """Unblock; whether there was a block."""
    name = ascii_domain(domain.strip()) or ""
    was = await store.delete_domain_block(tx, actor.account_id, name)
    if was:
        tx.touch(Kind.RELATIONS, actor.account_id)
    return was
