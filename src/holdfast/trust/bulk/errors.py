"""What can go wrong with bulk plans.

NotFound
└── PlanNotThere             none has this id
Invalid
└── QueryNotAllowed          it asks for nothing in particular, or for too much
Conflict
└── PlanDone                 it was run before
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid, NotFound


class PlanNotThere(NotFound):
    """None has this id."""

    public = "There is no such plan"


class QueryNotAllowed(Invalid):
    """The query cannot be decided about in bulk; says why."""


class PlanDone(Conflict):
    """It was run before; the decision that it led to is its undo handle."""

    public = "This plan was run already"
