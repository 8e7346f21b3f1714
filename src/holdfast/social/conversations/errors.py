"""What can go wrong with conversations.

NotFound
└── ConversationNotVisible       missing, or another member's
"""

from __future__ import annotations

from ...pure.errors import NotFound


class ConversationNotVisible(NotFound):
    """Missing or somebody else's: never told apart."""
