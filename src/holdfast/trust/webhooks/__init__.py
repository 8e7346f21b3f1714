"""Webhooks: addresses of the operator's choice that are told of accounts, reports and posts, by signed calls."""

from .errors import WebhookNotAllowed, WebhookNotThere
from .jobs import (
    tell_account_approved,
    tell_account_created,
    tell_account_updated,
    tell_notice_clock,
    tell_post_created,
    tell_post_updated,
    tell_report_created,
    tell_report_updated,
)
from .manage import add_webhook, remove_webhook
from .model import (
    ABOUT_ACCOUNTS,
    ABOUT_NOTICES,
    ABOUT_POSTS,
    ABOUT_REPORTS,
    CALL_WEBHOOK,
    EVENTS,
    SIGNATURE_HEADER,
    Delivery,
    Webhook,
    seal_context,
    signature,
)
from .queries import get_webhook, webhooks
from .store import mark_arrived, mark_failed

__all__ = [
    "ABOUT_ACCOUNTS", "ABOUT_NOTICES", "ABOUT_POSTS", "ABOUT_REPORTS", "CALL_WEBHOOK", "EVENTS", "SIGNATURE_HEADER", "Delivery",
    "Webhook", "WebhookNotAllowed", "WebhookNotThere", "add_webhook", "get_webhook", "mark_arrived", "mark_failed",
    "remove_webhook", "seal_context", "signature", "tell_account_approved", "tell_account_created",
    "tell_account_updated", "tell_notice_clock", "tell_post_created", "tell_post_updated", "tell_report_created", "tell_report_updated",
    "webhooks",
]  # fmt: skip
