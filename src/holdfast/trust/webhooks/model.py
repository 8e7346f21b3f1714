"""What a webhook is, which events there are, and how a call is signed."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

import msgspec

from ...platform.clock import Instant

ABOUT_ACCOUNTS: Final = ("account.created", "account.approved", "account.updated")
ABOUT_REPORTS: Final = ("report.created", "report.updated")
ABOUT_POSTS: Final = ("status.created", "status.updated")
ABOUT_NOTICES: Final = ("notice.received", "notice.clock_warned", "notice.clock_breached")
"""When the staff is paged about a notice from outside."""
EVENTS: Final = (*ABOUT_ACCOUNTS, *ABOUT_REPORTS, *ABOUT_POSTS, *ABOUT_NOTICES)
CALL_WEBHOOK: Final = "call_webhook"
"""The kind of the errands that call a webhook."""
SIGNATURE_HEADER: Final = "X-Hub-Signature"


class Webhook(msgspec.Struct, frozen=True):
    """An address that is told of events. `sealed`: its secret, under the column key.

    failing_since: since when no call has arrived; None while they do.
    """

    id: int
    url: str
    events: list[str]
    sealed: bytes
    enabled: bool
    failing_since: Instant | None
    last_error: str | None
    created_at: Instant


class Delivery(msgspec.Struct, frozen=True):
    """One call to be made: the event, the id of what it is about, and when it happened."""

    webhook_id: int
    event: str
    object_id: int
    at: Instant


def signature(secret: str, body: bytes) -> str:
    """What goes into X-Hub-Signature, as Mastodon's webhooks have it: HMAC with SHA-256, in hexadecimal."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def seal_context(webhook_id: int) -> str:
    """What binds a sealed secret to its row."""
    return f"webhooks.secret {webhook_id}"
