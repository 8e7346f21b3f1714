"""What can go wrong with a removal.

Conflict
└── OwnerNeeded      the server would be left without anybody who owns it
"""

from __future__ import annotations

from ...pure.errors import Conflict


class OwnerNeeded(Conflict):
    """The last owner."""

    public = "This is the only owner of the server. Make somebody else an owner first."
