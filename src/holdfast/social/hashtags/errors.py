"""What can go wrong with hashtags.

NotFound
└── FeaturedTagNotVisible       missing, or on somebody else's profile
Invalid
└── HashtagInvalid              no hashtag, or one too many
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class FeaturedTagNotVisible(NotFound):
    """Missing or somebody else's: never told apart."""


class HashtagInvalid(Invalid):
    """The name is none, or a cap is reached."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"Validation failed: name {sentence}", details={"name": [(code, sentence)]})
