"""What the breaker refuses, and what is wrong with its policy.

NotAllowed
├── NewAccountsRead          new accounts can only read for now
└── SpreadSlowed             a post waits for an urgent decision, and is not passed on before
Invalid
└── StagesNotUsable          the file of stages does not fit together; says where
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotAllowed


class NewAccountsRead(NotAllowed):
    """The last stage of the breaker."""

    public = (
        "New accounts are read-only for a while, because more reports are coming in than the team can answer in time."
        " Reading, blocking and reporting work as always. It ends by itself: see /api/holdfast/v1/breaker"
    )


class SpreadSlowed(NotAllowed):
    """Nobody has looked at it yet."""

    public = "This post waits for a decision of the team, and cannot be passed on until it is made. Try again later"


class StagesNotUsable(Invalid):
    """Says what is wrong in the file of stages."""
