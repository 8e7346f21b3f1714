"""Calling webhooks: an errand renders what an event is about, as it is now, signs it and sends it.

The call is the one that Mastodon's webhooks make: JSON with `event`, `created_at` and `object`, and X-Hub-Signature.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

import msgspec
import structlog

from ..edge.mastodon.render_admin import admin_account_entity, admin_report_entity
from ..edge.mastodon.render_post import post_raw
from ..edge.ports import Services
from ..platform.clock import Clock, Instant
from ..platform.crypto import Keyring
from ..platform.db import Database
from ..platform.guarded_http import GuardedClient, OutboundFailed
from ..platform.master_key import load_master_key
from ..platform.settings import Settings
from ..pure.errors import NotFound, Unavailable
from ..screening import Screen
from ..social.graph import ANONYMOUS
from ..trust.notices import NoticeReader
from ..trust.staff_actions import CLOCK
from ..trust.webhooks import (
    ABOUT_ACCOUNTS,
    ABOUT_NOTICES,
    ABOUT_REPORTS,
    SIGNATURE_HEADER,
    Delivery,
    Webhook,
    get_webhook,
    mark_arrived,
    mark_failed,
    seal_context,
    signature,
)
from .wiring import services_over

log = structlog.get_logger(__name__)

TEST_EVENT = "holdfast.test"


class CallNotTaken(Unavailable):
    """The other side did not say that it has the call; it is made again."""

    public = "The webhook did not take the call."


class WebhookCaller:
    """Calls webhooks. What it renders with is built when the first call is due."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, outbound: GuardedClient) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._outbound = outbound

    @cached_property
    def _services(self) -> Services:
        # Nothing is screened with it: it renders.
        return services_over(self._settings, self._database, self._clock, self._outbound, Screen([]))

    async def errand(self, payload: bytes) -> Instant | None:
        """One call, at least once: who is called tells a second one by its `id`s. Raises CallNotTaken."""
        delivery = msgspec.json.decode(payload, type=Delivery)
        try:
            webhook = await get_webhook(self._database, delivery.webhook_id)
        except NotFound:
            return None
        about = await self._object(delivery) if webhook.enabled else None
        if about is None:
            return None
        body = {"event": delivery.event, "created_at": delivery.at, "object": about}
        trouble = await self.call(webhook, msgspec.json.encode(body))
        async with self._database.transaction() as tx:
            if trouble is None:
                await mark_arrived(tx, webhook.id)
                return None
            now = self._clock.now()
            give_up_before = now - timedelta(days=self._settings.webhook_give_up_days)
            off = await mark_failed(tx, webhook.id, trouble, give_up_before=give_up_before, now=now)
        if off:
            log.warning("webhook.switched_off", id=webhook.id, url=webhook.url, why=trouble)
            return None
        raise CallNotTaken(private=f"webhook {webhook.id}: {trouble}")

    async def call(self, webhook: Webhook, body: bytes) -> str | None:
        """Send a signed body; None when it was taken, else what went wrong."""
        keyring = Keyring(load_master_key(self._settings))
        secret = keyring.open(webhook.sealed, context=seal_context(webhook.id)).decode()
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: signature(secret, body)}
        try:
            reply = await self._outbound.post(webhook.url, body, headers=headers)
        except OutboundFailed as error:
            return f"{error.trouble}: {error.private}"
        return None if 200 <= reply.status < 300 else f"answered {reply.status}"

    async def _object(self, delivery: Delivery) -> Any:
        """What the event is about; None when it is gone, or when not everybody may see the post."""
        try:
            if delivery.event in ABOUT_ACCOUNTS:
                return await admin_account_entity(self._services, delivery.object_id)
            if delivery.event in ABOUT_NOTICES:
                return await self._notice(delivery.object_id)
            if delivery.event in ABOUT_REPORTS:
                return await admin_report_entity(self._services, delivery.object_id)
            seen = await self._services.posts.see_one(ANONYMOUS, delivery.object_id)
            # A boost is a row of its own; the post that it boosts was told of when it was written.
            return None if seen.boosted is not None else post_raw(self._services, seen, ANONYMOUS)
        except NotFound:
            return None

    async def _notice(self, notice_id: int) -> dict[str, Any]:
        """What has to be known to hurry; of a sealed one no more than its name and its time."""
        notice = await NoticeReader(self._database).notice(CLOCK, notice_id)
        facts: dict[str, Any] = {
            "id": self._services.ids.encode(notice.id), "reference": notice.reference, "lane": notice.lane,
            "state": notice.state.value, "due_at": notice.due_at, "breached": notice.breached,
            "open_items_count": notice.open_items, "sealed": notice.sealed,
        }  # fmt: skip
        return facts if notice.sealed else {**facts, "preset": notice.preset, "title": notice.title}
