"""What can go wrong with a re-screening.

Conflict
├── RescreeningTaken         another run is at work on it, or began anew
└── ScreeningChanged         rules or model are not what they were when the run began
"""

from __future__ import annotations

from ...pure.errors import Conflict


class RescreeningTaken(Conflict):
    """The cursor is not where this run left it: somebody else moved it."""

    public = (
        "another re-screening is at work; wait for it (holdfast moderation rescreen status) or stop it first"
    )


class ScreeningChanged(Conflict):
    """A process that judges loaded something else than the run is about; nothing of the page was written."""

    public = "the rules or the model changed while posts were judged again; start it once more"
