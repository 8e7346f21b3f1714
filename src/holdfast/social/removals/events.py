"""Facts about removals, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class AccountRemovalBegun(Event, frozen=True):
    """An account is being deleted: nobody sees it any more, and all its access has ended."""

    account_id: int


class AccountRemoved(Event, frozen=True):
    """Nothing of an account is left but its name, which nobody can take."""

    account_id: int
