"""What can go wrong with holds.

Invalid
└── HoldNotPlaced      what it names, or says, makes no hold
NotFound
└── HoldNotThere       no such hold, or it was released
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class HoldNotPlaced(Invalid):
    """Names the parameter and says what is wrong with it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(
            f"The hold was not placed: {field} {sentence}", details={field: [("ERR_INVALID", sentence)]}
        )


class HoldNotThere(NotFound):
    """Never placed, or released."""
