"""What can go wrong with a removal.

Conflict
├── AccountHeld      a legal hold keeps the whole account
└── OwnerNeeded      the server would be left without anybody who owns it
"""

from __future__ import annotations

from ...pure.errors import Conflict


class AccountHeld(Conflict):
    """The law keeps it for now. The public text does not say why: the member may be who is asked about."""

    public = "This account cannot be deleted at the moment. Write to the people who run this server."


class OwnerNeeded(Conflict):
    """The last owner."""

    public = "This is the only owner of the server. Make somebody else an owner first."
