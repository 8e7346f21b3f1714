"""Use case: a member decides about requests: senders whose notifications are kept apart."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from ..notification_policies import allow_sender
from . import store
from .errors import NotificationNotVisible
from .events import NotificationsMerged


async def settle_requests(
    tx: Tx, actor: Actor, request_ids: list[int], *, accept: bool, strict: bool
) -> None:
    """Accept: what was kept apart is told, and the sender is let through from now on. Else it is hidden for good.

    `strict`: raises NotificationNotVisible when the actor has not got all of these requests.
    """
    senders = await store.take_requests(tx, actor.account_id, request_ids)
    if strict and len(senders) < len(set(request_ids)):
        raise NotificationNotVisible
    if not senders:
        return
    if not accept:
        await store.dismiss_filtered(tx, actor.account_id, senders)
        return
    for from_id in senders:
        await allow_sender(tx, actor, from_id)
    await store.merge_filtered(tx, actor.account_id, senders)
    tx.emit(NotificationsMerged(actor.account_id))
