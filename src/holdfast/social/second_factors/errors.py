"""What can go wrong with second factors.

Invalid
└── CodeNotRight             wrong, too old, or used before
Conflict
└── FactorAlreadySet         turn it off first
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid


class CodeNotRight(Invalid):
    """The code does not fit now, or was used before."""

    public = "That code is not right. Codes change every 30 seconds and work once; try the next one."


class FactorAlreadySet(Conflict):
    """Another one is in place."""

    public = "Two-factor sign-in is already on. Turn it off before setting it up again."
