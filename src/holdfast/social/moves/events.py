"""Facts about moves, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class AccountMoved(Event, frozen=True):
    """An account points to another of the same person, and its followers are taken along."""

    account_id: int
    target_id: int
