"""Use case: block everything of another server."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ...pure.entities import ascii_domain
from ..accounts import Actor
from ..graph import RelationInvalid
from . import store


async def add_domain_block(tx: Tx, actor: Actor, domain: str, *, now: Instant) -> bool:
    """Block; whether it is new. Raises RelationInvalid when `domain` cannot be a domain name."""
    name = ascii_domain(domain.strip())
    if name is None or "." not in name:
        raise RelationInvalid("domain", "ERR_INVALID", "must be a domain name such as example.org")
    new = await store.insert_domain_block(tx, new_id(now), actor.account_id, name)
    if new:
        tx.touch(Kind.RELATIONS, actor.account_id)
    return new
