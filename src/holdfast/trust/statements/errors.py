"""What can go wrong with statements of reasons.

NotFound
└── StatementNotThere        none of this id, or of somebody else: never told apart
"""

from __future__ import annotations

from ...pure.errors import NotFound


class StatementNotThere(NotFound):
    """None of this id for this member."""
