"""What can be wrong with a draft.

Invalid
└── DraftNotAllowed          blank, too long, bad poll
"""

from __future__ import annotations

from ...pure.errors import Invalid


class DraftNotAllowed(Invalid):
    """The draft breaks a limit."""

    def __init__(self, problems: dict[str, list[tuple[str, str]]]) -> None:
        sentence = ", ".join(f"{field.capitalize()} {parts[0][1]}" for field, parts in problems.items())
        super().__init__(f"Validation failed: {sentence}", details=problems)
