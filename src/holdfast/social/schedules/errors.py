"""What can go wrong with posts that wait.

NotFound
└── ScheduledNotFound        missing, published already, or somebody else's
Invalid
└── ScheduleNotAllowed       too soon, too far ahead, or too many
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class ScheduledNotFound(NotFound):
    """There is no such post waiting for this account."""


class ScheduleNotAllowed(Invalid):
    """The time, or the number of posts that wait, breaks a limit."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            f"Validation failed: Scheduled at {sentence}",
            details={"scheduled_at": [("ERR_INVALID", sentence)]},
        )
