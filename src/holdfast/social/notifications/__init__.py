"""Notifications: what others did that concerns a member, and what of it is kept apart until the member looks."""

from .clear import clear_notifications
from .dismiss import dismiss_notifications
from .errors import NotificationNotVisible
from .events import NotificationMade, NotificationsMerged
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
from .model import (
    ABOUT_ONESELF,
    EVERYTHING,
    FOR_STAFF,
    GROUPED,
    GroupKey,
    Notice,
    NotificationKind,
    NotificationPage,
    NotificationView,
    Wanted,
    away,
)
from .reader import NotificationReader
from .settle import settle_requests
from .store import forget_subjects, tell

__all__ = [
    "ABOUT_ONESELF", "EVERYTHING", "FOR_STAFF", "GROUPED", "GroupKey", "Notice", "NotificationKind", "NotificationMade",
    "NotificationNotVisible", "NotificationPage", "NotificationReader", "NotificationView", "NotificationsMerged",
    "Wanted", "away", "clear_notifications", "dismiss_notifications",
    "forget_favourite", "forget_follow", "forget_request", "forget_subjects", "notify_accepted", "notify_boosted", "notify_edited",
    "notify_favourited", "notify_followed", "notify_poll_closed", "notify_published", "notify_quoted",
    "notify_quoters", "notify_requested", "notify_signed_up", "settle_requests", "tell",
]  # fmt: skip
