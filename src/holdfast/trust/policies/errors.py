"""What can go wrong with policies.

NotFound
└── PolicyNotThere           no policy of this id, or no such version of it
Invalid
└── PolicyNotAllowed         the document breaks a rule; says which
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class PolicyNotThere(NotFound):
    """No policy of this id, or no such version."""

    public = "There is no such policy, or no such version of it"


class PolicyNotAllowed(Invalid):
    """The document cannot be published as it is."""
