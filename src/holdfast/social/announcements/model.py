"""What an announcement is, and when it is shown."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ...platform.clock import Instant
from .errors import AnnouncementInvalid


class NewAnnouncement(msgspec.Struct, frozen=True):
    """What is to be announced. `starts_at`, `ends_at`: of the thing itself, or none; it is shown until it ends.

    all_day: its times are days. publish_at: when it is first shown.
    """

    text: str
    publish_at: Instant
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    all_day: bool = False

    def check(self, *, most_characters: int, now: Instant) -> None:
        """Raises AnnouncementInvalid."""
        if not self.text.strip():
            raise AnnouncementInvalid("An announcement needs a text.")
        if len(self.text) > most_characters:
            raise AnnouncementInvalid(f"The text is longer than {most_characters} characters.")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise AnnouncementInvalid("It ends before it starts: give a later end.")
        if self.ends_at and self.ends_at <= max(now, self.publish_at):
            raise AnnouncementInvalid("It ends before anybody could read it: give a later end.")
        if self.all_day and self.starts_at is None and self.ends_at is None:
            raise AnnouncementInvalid("Whole days need a start or an end.")


class Reaction(msgspec.Struct, frozen=True):
    """One emoji below an announcement. `name`: the emoji, or the shortcode of one of this server's."""

    emoji_id: int
    announcement_id: int
    name: str
    count: int
    me: bool


class State(StrEnum):
    """Where an announcement stands."""

    WAITING = "waiting"
    PUBLISHED = "published"
    OVER = "over"


class Announcement(msgspec.Struct, frozen=True):
    """An announcement as one member sees it, or as nobody in particular does."""

    id: int
    text: str
    starts_at: Instant | None
    ends_at: Instant | None
    all_day: bool
    publish_at: Instant
    published_at: Instant | None
    updated_at: Instant
    read: bool
    reactions: list[Reaction]

    def state(self, now: Instant) -> State:
        """Where it stands."""
        if self.ends_at is not None and self.ends_at <= now:
            return State.OVER
        return State.WAITING if self.published_at is None else State.PUBLISHED
