"""What can go wrong with reports.

NotFound
├── ReportNotThere           no report has this id
└── PostOfAnother            a post that is not of the account reported, or that the reporter cannot see
Invalid
└── ReportNotAllowed         a part is too long, too many, or unknown
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class ReportNotThere(NotFound):
    """There is none with this id."""


class PostOfAnother(NotFound):
    """Not of the account that is reported: answered like one that is not there."""


class ReportNotAllowed(Invalid):
    """The report breaks a limit."""

    def __init__(self, problems: dict[str, list[tuple[str, str]]]) -> None:
        sentence = ", ".join(f"{field} {parts[0][1]}" for field, parts in problems.items())
        super().__init__(f"Validation failed: {sentence}", details=problems)
