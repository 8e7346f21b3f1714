"""Schedules: posts that wait for their time."""

from .cancel import cancel_post
from .errors import ScheduledNotFound, ScheduleNotAllowed
from .model import PUBLISH_SCHEDULED, DuePost, ScheduledPost, ScheduleLimits
from .queries import due_post, may_post, scheduled_page, scheduled_post
from .reschedule import reschedule_post
from .schedule import schedule_post
from .store import keep_failure, take_due

__all__ = [
    "PUBLISH_SCHEDULED", "DuePost", "ScheduleLimits", "ScheduleNotAllowed", "ScheduledNotFound", "ScheduledPost",
    "cancel_post", "due_post", "may_post", "keep_failure", "reschedule_post", "schedule_post", "scheduled_page", "scheduled_post", "take_due",
]  # fmt: skip
