"""What can go wrong with moves.

Invalid
├── AliasNotAllowed      no address, oneself, one too many, or an account that is not here
└── MoveNotAllowed       the other account does not name this one, has moved itself, or it is too soon
"""

from __future__ import annotations

from ...pure.errors import Invalid


class AliasNotAllowed(Invalid):
    """The text says why."""


class MoveNotAllowed(Invalid):
    """The text says why, and what to do."""
