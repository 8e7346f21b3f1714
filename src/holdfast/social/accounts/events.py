"""Facts about accounts, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class AccountCreated(Event, frozen=True):
    """A local account exists; `pending` when it waits for approval."""

    account_id: int
    pending: bool
    by_operator: bool = False


class AccountApproved(Event, frozen=True):
    """A sign-up that waited was approved."""

    account_id: int


class AccountRejected(Event, frozen=True):
    """A sign-up that waited was turned away, and its account removed."""

    account_id: int


class AccountReinstated(Event, frozen=True):
    """A suspension ended."""

    account_id: int


class AccountRestricted(Event, frozen=True):
    """The staff limited, sensitized, froze or disabled an account, or took that back."""

    account_id: int
    restriction: str
    on: bool


class AccountSuspended(Event, frozen=True):
    """An account was suspended; its sessions and tokens ended in the same transaction."""

    account_id: int
