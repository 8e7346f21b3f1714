"""Facts about notifications, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class NotificationMade(Event, frozen=True):
    """A member was told of something; what, is in the notification."""

    notification_id: int
    account_id: int
