"""Facts about notifications, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class NotificationMade(Event, frozen=True):
    """A member was told of something; what, is in the notification. One that a policy keeps apart is not told.

    `devices`: some app of the member's waits for pushes.
    """

    notification_id: int
    account_id: int
    devices: bool = False


class NotificationsMerged(Event, frozen=True):
    """What was kept apart of some senders stands among the member's notifications now."""

    account_id: int
