"""Facts about conversations, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class ConversationChanged(Event, frozen=True):
    """A member's conversation has a new post, or was read. Only that member is ever told."""

    conversation_id: int
    account_id: int
