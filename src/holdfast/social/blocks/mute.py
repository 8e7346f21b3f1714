"""Use case: mute an account, for a while or until undone."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ..accounts import AccountId, Actor
from ..graph import RelationInvalid, standing
from . import store

MUTE_MAX_SECONDS = 100 * 366 * 24 * 3600  # longer than anybody needs, and short of what a calendar can hold


async def mute_account(
    tx: Tx, actor: Actor, target: AccountId, *, notifications: bool = True, duration_seconds: int = 0,
    now: Instant,
) -> None:  # fmt: skip
    """Keep `target` out of the actor's timelines, and (`notifications`) out of the notifications.

    `duration_seconds` 0 is until undone. Muting again replaces what was said before. The muted account
    learns nothing. Raises AccountNotVisible, YourselfNotAllowed, RelationInvalid.
    """
    if not 0 <= duration_seconds <= MUTE_MAX_SECONDS:
        raise RelationInvalid(
            "duration",
            "ERR_INCLUSION",
            f"must be between 0 and {MUTE_MAX_SECONDS} seconds; 0 is until undone",
        )
    await standing(tx, actor.account_id, target)
    expires_at = now + timedelta(seconds=duration_seconds) if duration_seconds else None
    await store.put_mute(
        tx, new_id(now), actor.account_id, target, hide_notifications=notifications, expires_at=expires_at
    )
    tx.touch(Kind.RELATIONS, actor.account_id)
