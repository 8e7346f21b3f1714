"""What can go wrong with decisions.

NotFound
└── DecisionNotThere         none has this id
Invalid
└── RulingNotAllowed         its parts do not fit together, or one is missing; says which
Conflict
├── AlreadyUndone            somebody took it back before
└── PlanChanged              what a plan would do now is not what was looked at
NotAllowed
└── SecondPersonNeeded       so much is done only when another person agrees
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid, NotAllowed, NotFound


class DecisionNotThere(NotFound):
    """None has this id."""

    public = "There is no such decision"


class RulingNotAllowed(Invalid):
    """The ruling does not fit together; says why."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(
            f"Validation failed: {field} {sentence}", details={field: [("ERR_INVALID", sentence)]}
        )


class AlreadyUndone(Conflict):
    """It was taken back before."""

    public = "This decision was taken back already"


class PlanChanged(Conflict):
    """The world changed since the plan was made."""

    public = "What this would do is not any more what was shown; make the plan anew and look at it"


class SecondPersonNeeded(NotAllowed):
    """One person alone may not do so much."""

    public = "So much is done only when a second person of the team approves the plan"
