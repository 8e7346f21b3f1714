"""What can go wrong with appeals.

NotFound
└── AppealNotThere           no such appeal, or none that is for this person
Invalid
└── AppealNotAllowed         a part of it is missing, too long, or does not fit; says which
Conflict
├── AlreadyAppealed          there is one about this already
└── AppealClosed             it was decided; nothing is added any more
NotAllowed
├── AppealTooLate            the time to appeal is over
└── NothingToAppeal          nothing was decided that this person could appeal
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid, NotAllowed, NotFound


class AppealNotThere(NotFound):
    """There is none, or it is somebody else's."""

    public = "There is no such appeal"


class AppealNotAllowed(Invalid):
    """A part does not fit; says why."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(
            f"Validation failed: {field} {sentence}", details={field: [("ERR_INVALID", sentence)]}
        )


class AlreadyAppealed(Conflict):
    """A decision is appealed once."""

    public = (
        "You have appealed this already. Add to that appeal while it is open; once it is answered, a dispute settlement"
        " body or a court can look at it"
    )


class AppealClosed(Conflict):
    """It was answered."""

    public = "This appeal was answered; nothing can be added to it any more"


class AppealTooLate(NotAllowed):
    """Says how long there was."""

    def __init__(self, days: int) -> None:
        super().__init__(f"The time to appeal is over: it was {days} days from the decision")


class NothingToAppeal(NotAllowed):
    """Says why."""
