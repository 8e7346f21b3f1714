"""Facts about accounts, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class AccountCreated(Event, frozen=True):
    """A local account exists; `pending` when it waits for approval."""

    account_id: int
    pending: bool


class AccountSuspended(Event, frozen=True):
    """An account was suspended; its sessions and tokens ended in the same transaction."""

    account_id: int
