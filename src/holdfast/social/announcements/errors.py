"""What can go wrong with announcements.

NotFound
└── AnnouncementNotVisible      missing, not published yet, or over
Invalid
├── AnnouncementInvalid         no text, too long, or times that cannot be
└── ReactionInvalid             no emoji, or one too many
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class AnnouncementNotVisible(NotFound):
    """There is no such announcement now."""


class AnnouncementInvalid(Invalid):
    """What is to be announced breaks a rule."""


class ReactionInvalid(Invalid):
    """The reaction is no emoji that is known here, or the cap is reached."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"Validation failed: Name {sentence}", details={"name": [("ERR_INVALID", sentence)]})
