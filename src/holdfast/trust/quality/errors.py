"""What can go wrong with second looks.

NotFound
└── LookNotThere             no such look, or none that is for this person
Invalid
└── VerdictNotAllowed        its parts do not fit together; says which
Conflict
└── AlreadySettled           it was judged, objected to or answered before
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid, NotFound


class LookNotThere(NotFound):
    """There is none."""

    public = "There is no such second look"


class VerdictNotAllowed(Invalid):
    """Says what is wrong."""


class AlreadySettled(Conflict):
    """Somebody was faster, or it happened before."""

    public = "This was settled already; read it again"
