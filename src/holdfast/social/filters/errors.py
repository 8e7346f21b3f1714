"""What can go wrong with filters.

NotFound
└── FilterNotVisible       missing, or another member's; so with its keywords and posts
Invalid
└── FilterInvalid          a value is wrong or a cap is reached; names the parameter
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class FilterNotVisible(NotFound):
    """Missing or somebody else's: never told apart."""


class FilterInvalid(Invalid):
    """One parameter is wrong."""

    def __init__(self, parameter: str, code: str, sentence: str) -> None:
        super().__init__(
            f"Validation failed: {parameter} {sentence}", details={parameter: [(code, sentence)]}
        )
