"""What can go wrong with trials of rules.

NotFound
└── TrialNotThere            no such trial
Invalid
└── TrialNotAllowed          what is asked for cannot be tried; says why
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class TrialNotThere(NotFound):
    """There is none."""

    public = "There is no such trial"


class TrialNotAllowed(Invalid):
    """Says which part."""
