"""Announcements: what those who run the place tell everybody, and how people answer with one emoji."""

from .add import add_announcement
from .dismiss import dismiss_announcement
from .errors import AnnouncementInvalid, AnnouncementNotVisible, ReactionInvalid
from .events import AnnouncementPublished, AnnouncementReacted, AnnouncementRemoved
from .jobs import settle_announcements
from .model import Announcement, NewAnnouncement, Reaction, State
from .queries import all_announcements, named_accounts, one_announcement, one_reaction, shown_announcements
from .react import react_to_announcement
from .remove import remove_announcement
from .unreact import unreact_to_announcement

__all__ = [
    "Announcement", "AnnouncementInvalid", "AnnouncementNotVisible", "AnnouncementPublished", "AnnouncementReacted",
    "AnnouncementRemoved", "NewAnnouncement", "Reaction", "ReactionInvalid", "State", "add_announcement",
    "all_announcements", "dismiss_announcement", "named_accounts", "one_announcement", "one_reaction", "react_to_announcement",
    "remove_announcement", "settle_announcements", "shown_announcements", "unreact_to_announcement",
]  # fmt: skip
