"""What can go wrong with custom emoji.

NotFound
└── EmojiNotVisible     there is none of this shortcode
Invalid
└── EmojiInvalid        a shortcode or category that cannot be
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class EmojiNotVisible(NotFound):
    """There is no such emoji."""

    def __init__(self, shortcode: str) -> None:
        super().__init__(
            f"There is no emoji {shortcode!r}; `holdfast emoji list` names those that are there."
        )


class EmojiInvalid(Invalid):
    """The shortcode or the category breaks a rule."""
