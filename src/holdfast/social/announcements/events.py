"""Facts about announcements, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class AnnouncementPublished(Event, frozen=True):
    """Everybody may read it from now on."""

    announcement_id: int


class AnnouncementReacted(Event, frozen=True):
    """Somebody reacted, or took a reaction back. `emoji_id`: of the announcement's one emoji that this changed."""

    announcement_id: int
    emoji_id: int


class AnnouncementRemoved(Event, frozen=True):
    """It is over, or was taken away."""

    announcement_id: int
