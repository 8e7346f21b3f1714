"""What can go wrong with a re-screening.

Conflict
└── RescreeningTaken         another run is at work on it, or began anew
"""

from __future__ import annotations

from ...pure.errors import Conflict


class RescreeningTaken(Conflict):
    """The cursor is not where this run left it: somebody else moved it."""

    public = (
        "another re-screening is at work; wait for it (holdfast moderation rescreen status) or stop it first"
    )
