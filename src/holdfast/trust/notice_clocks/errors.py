"""What can go wrong with stored clocks; what is wrong with their times is in `pure/deadlines`.

NotFound
└── ClockNotThere         no such clock
Conflict
└── ClockNotChangeable    it was met, has ended, is paused already, or is not paused
"""

from __future__ import annotations

from ...pure.errors import Conflict, NotFound


class ClockNotThere(NotFound):
    """There is none with this id."""

    public = "There is no such clock"


class ClockNotChangeable(Conflict):
    """The text says why."""

    public = "This clock cannot be changed as it stands"
