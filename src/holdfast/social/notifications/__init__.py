"""Notifications: what others did that concerns a member; and markers: how far a member has read."""

from .clear import clear_notifications
from .dismiss import dismiss_notification
from .errors import NotificationNotVisible
from .events import NotificationMade
from .jobs import (
    forget_favourite,
    forget_follow,
    forget_request,
    notify_accepted,
    notify_boosted,
    notify_edited,
    notify_favourited,
    notify_followed,
    notify_poll_closed,
    notify_published,
    notify_quoted,
    notify_quoters,
    notify_requested,
    notify_signed_up,
)
from .mark import save_markers
from .model import EVERYTHING, Marker, NotificationKind, NotificationPage, NotificationView, Wanted
from .queries import markers
from .reader import NotificationReader

__all__ = [
    "EVERYTHING", "Marker", "NotificationKind", "NotificationMade", "NotificationNotVisible", "NotificationPage", "NotificationReader",
    "NotificationView", "Wanted", "clear_notifications", "dismiss_notification", "forget_favourite",
    "forget_follow", "forget_request", "markers", "notify_accepted", "notify_boosted", "notify_edited",
    "notify_favourited", "notify_followed", "notify_poll_closed", "notify_published", "notify_quoted", "notify_quoters", "notify_requested",
    "notify_signed_up", "save_markers",
]  # fmt: skip
