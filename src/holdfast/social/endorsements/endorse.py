"""Use case: a member shows an account on the profile."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import AccountId, Actor
from . import store
from .errors import EndorsementInvalid


async def endorse_account(tx: Tx, actor: Actor, target: AccountId, *, most: int, now: Instant) -> None:
    """Endorse, once however often; `most` is the setting `endorsements_max`.

    Raises EndorsementInvalid when the actor does not follow the account, and at the cap.
    """
    await store.lock_owner(tx, actor.account_id)
    if not await store.insert_endorsement(tx, actor.account_id, target, now):
        raise EndorsementInvalid("Validation failed: You must be already following the account you endorse")
    if await store.count_endorsements(tx, actor.account_id) > most:
        raise EndorsementInvalid(f"Validation failed: You endorse {most} accounts already, remove one first")
