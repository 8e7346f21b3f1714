"""Use case: a member shows an account on the profile no longer."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import AccountId, Actor
from . import store


async def unendorse_account(tx: Tx, actor: Actor, target: AccountId) -> None:
    """One that is not endorsed is as good."""
    await store.delete_endorsement(tx, actor.account_id, target)
