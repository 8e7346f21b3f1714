"""What can go wrong when the staff acts.

NotAllowed
├── RoleLacks                the role does not include this
└── NotYourRank              the other account's role is not below one's own
"""

from __future__ import annotations

from ...pure.errors import NotAllowed


class RoleLacks(NotAllowed):
    """The role does not include this."""

    public = "This action is for the people who run this server, and your role does not include it"


class NotYourRank(NotAllowed):
    """Nobody acts on oneself, on equals, or on those above."""

    public = "You can only act on accounts whose role is below your own"
