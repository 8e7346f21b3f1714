"""Sending a push message: an errand between reads and one short transaction (ADR 0018).

What it says is read when it is sent, through the same gates as the list of notifications: what was deleted, hidden,
dismissed or taken back meanwhile is not told. A subscription whose access token opens nothing any more is sent nothing.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Final

import msgspec
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from ..edge.links import still_avatar_url
from ..edge.mastodon.push import token_context
from ..edge.mastodon.push_message import Addressed, push_headers, push_message
from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.crypto import Keyring, random_bytes
from ..platform.db import Database
from ..platform.guarded_http import FetchLimits, GuardedClient, OutboundFailed
from ..platform.ids import PublicIds
from ..platform.master_key import load_master_key
from ..platform.web_push import SALT_BYTES, Vapid, encrypt
from ..pure.errors import NotFound
from ..social.accounts import AccountReader
from ..social.graph import RelationsReader
from ..social.notifications import NotificationReader, NotificationView
from ..social.posts import PostReader
from ..social.push import (
    Delivery,
    Outcome,
    PushErrand,
    delivery,
    outcome_of,
    read_retry_after,
    record_delivery,
    retry_seconds,
)

log = structlog.get_logger(__name__)

_ANSWER_MAX_BYTES: Final = 4096
_LEASE_MARGIN_SECONDS: Final = 60.0


class PushSender:
    """Sends messages to push services. Keys are read when the first is sent."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, outbound: GuardedClient) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._outbound = outbound
        self._accounts = AccountReader(database)
        posts = PostReader(database, self._accounts, clock)
        self._notifications = NotificationReader(database, self._accounts, posts, clock)
        self._relations = RelationsReader(database)

    @cached_property
    def _keyring(self) -> Keyring:
        return Keyring(load_master_key(self._settings))

    @cached_property
    def _ids(self) -> PublicIds:
        return PublicIds(self._keyring.derive("public ids"))

    @cached_property
    def _topic_key(self) -> bytes:
        return self._keyring.derive("push topics")

    @cached_property
    def _vapid(self) -> Vapid:
        contact = self._settings.contact_email
        return Vapid(self._keyring.vapid_key(), f"mailto:{contact}" if contact else self._settings.public_url)

    async def errand(self, payload: bytes) -> Instant | None:
        """The job: a PushErrand. Comes back later when the push service cannot take the message now."""
        errand = msgspec.json.decode(payload, type=PushErrand)
        to = await delivery(self._database, errand.subscription_id)
        if to is None:
            return None
        try:
            viewer = await self._relations.viewer(to.account_id)
            item = await self._notifications.one(viewer, errand.notification_id)
        except NotFound:
            return None
        left = timedelta(seconds=self._settings.push_ttl_seconds) - (self._clock.now() - item.created_at)
        if left < timedelta(seconds=1):
            return None
        outcome, asked = await self._send(to, item, int(left.total_seconds()))
        now = self._clock.now()
        give_up_after = timedelta(days=self._settings.push_give_up_days)
        async with self._database.transaction() as tx:
            there = await record_delivery(tx, to, outcome, give_up_after=give_up_after, now=now)
        if not there or outcome is not Outcome.LATER:
            return None
        return now + timedelta(seconds=retry_seconds(to.failures + 1, asked))

    async def _send(
        self, to: Delivery, item: NotificationView, ttl_seconds: int
    ) -> tuple[Outcome, float | None]:
        """What became of it, and how many seconds the service asks us to wait."""
        message = push_message(item, self._addressed(to, item))
        encrypted = encrypt(
            message, to.keys, salt=random_bytes(SALT_BYTES), sender=ec.generate_private_key(ec.SECP256R1()),
            standard=to.standard,
        )  # fmt: skip
        headers = {
            "content-type": "application/octet-stream",
            "ttl": str(ttl_seconds),
            **push_headers(item, self._ids, self._topic_key),
            **self._vapid.headers(to.endpoint, encrypted, self._clock.now()),
        }
        limits = FetchLimits(
            total_seconds=self._settings.push_timeout_seconds, most_bytes=_ANSWER_MAX_BYTES, cut=True
        )
        try:
            reply = await self._outbound.post(to.endpoint, encrypted.body, headers=headers, limits=limits)
        except OutboundFailed as error:
            log.info("push.not_sent", subscription_id=to.subscription_id, trouble=error.trouble)
            return (Outcome.REFUSED if error.trouble == "refused" else Outcome.LATER), None
        outcome = outcome_of(reply.status)
        if outcome is not Outcome.TAKEN:
            log.info("push.not_taken", subscription_id=to.subscription_id, status=reply.status)
        return outcome, read_retry_after(reply.headers.get("retry-after"), self._clock.now())

    def _addressed(self, to: Delivery, item: NotificationView) -> Addressed:
        token = ""
        if to.sealed_token is not None and self._settings.push_access_token:
            try:
                token = self._keyring.open(to.sealed_token, context=token_context(to.token_id)).decode()
            except InvalidTag:
                # Sealed under another master key, which opens nothing else here either.
                log.warning("push.token_not_opened", subscription_id=to.subscription_id)
        base_url = self._settings.public_url.rstrip("/")
        icon = still_avatar_url(self._settings, self._ids, item.author)
        return Addressed(self._ids, base_url, token, to.locale, to.declarative, icon)


def lease_seconds(settings: Settings) -> float:
    """Longer than one message can take."""
    return settings.push_timeout_seconds + _LEASE_MARGIN_SECONDS
