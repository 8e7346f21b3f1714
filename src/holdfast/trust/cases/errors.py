"""What can go wrong with cases.

NotFound
└── CaseNotThere             no case has this id
Conflict
├── CaseChanged              it is not as it was when it was read: decided meanwhile, or about something else now
└── CaseTaken                somebody else is at work on it
NotAllowed
└── CaseNotForYou            it is about oneself, or what one said, or decided before
"""

from __future__ import annotations

from ...pure.errors import Conflict, NotAllowed, NotFound


class CaseNotThere(NotFound):
    """There is none with this id."""

    public = "There is no such case"


class CaseChanged(Conflict):
    """The version that was read is not the one that is there."""

    public = "This case changed since you read it, or somebody decided it; read it again"


class CaseTaken(Conflict):
    """Somebody else holds it."""

    public = "Somebody else is at work on this case; take another one"


class CaseNotForYou(NotAllowed):
    """Nobody decides in their own matter."""

    public = "This case concerns you, or you had a part in it; it is for somebody else of the team"
