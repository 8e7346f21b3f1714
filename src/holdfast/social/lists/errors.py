"""What can go wrong with lists.

NotFound
├── ListNotVisible         missing, or another member's
└── MemberNotFollowed      an account that the owner neither follows nor has asked to follow; as good as missing
Invalid
└── ListInvalid            a value is wrong or a cap is reached; names the parameter
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class ListNotVisible(NotFound):
    """Missing or somebody else's: never told apart."""


class MemberNotFollowed(NotFound):
    """Only accounts that one follows, or has asked to follow, can be in a list."""

    public = "Record not found: follow an account before you add it to a list"


class ListInvalid(Invalid):
    """One parameter is wrong."""

    def __init__(self, parameter: str, code: str, sentence: str) -> None:
        super().__init__(
            f"Validation failed: {parameter} {sentence}", details={parameter: [(code, sentence)]}
        )
