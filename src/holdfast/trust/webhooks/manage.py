"""Use cases: the operator adds and removes webhooks."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.crypto import Keyring, new_secret
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.outbound_addresses import read_target
from . import store
from .errors import WebhookNotAllowed, WebhookNotThere
from .model import EVENTS, seal_context
from .queries import webhooks


async def add_webhook(
    tx: Tx, url: str, events: Sequence[str], *, keyring: Keyring, most: int, now: Instant
) -> tuple[int, str]:
    """Add one and return its id and its secret, which is never shown again. Raises WebhookNotAllowed, AddressNotAllowed."""
    unknown = sorted(set(events) - set(EVENTS))
    if unknown or not events:
        raise WebhookNotAllowed(f"name events out of {', '.join(EVENTS)}")
    target = read_target(url)
    if len(await webhooks(tx)) >= most:
        raise WebhookNotAllowed(f"there are {most} webhooks, as many as the setting webhooks_max allows")
    webhook_id, secret = new_id(now), new_secret()
    sealed = keyring.seal(secret.encode(), context=seal_context(webhook_id))
    await store.insert_webhook(tx, webhook_id, target.url, sorted(set(events)), sealed, now)
    return webhook_id, secret


async def remove_webhook(tx: Tx, webhook_id: int) -> None:
    """Remove one; what was not delivered to it is not delivered. Raises WebhookNotThere."""
    if not await store.delete_webhook(tx, webhook_id):
        raise WebhookNotThere
