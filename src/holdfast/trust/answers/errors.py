"""What can go wrong with answers.

Invalid
└── AnswerNotAllowed      what is asked makes no answer; names the field
NotFound
└── AnswerNotThere        no such answer, or of a notice that is not for this person
Conflict
└── AnswerChanged         what would be sent is not what was read any more
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid, NotFound


class AnswerNotAllowed(Invalid):
    """Names the field and says what is wrong with it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field} {sentence}", details={field: [("ERR_INVALID", sentence)]})


class AnswerNotThere(NotFound):
    """There is none."""

    public = "There is no such answer"


class AnswerChanged(Conflict):
    """Nobody sends what they have not read."""

    public = "The answer reads differently since you looked at it; read it again, then send it"
