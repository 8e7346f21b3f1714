"""Facts about what the staff did, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class StaffActed(Event, frozen=True):
    """The staff did something; the row of the record says what."""

    action_id: int
    verb: str


class AccountWarned(Event, frozen=True):
    """A member is to be told of a decision about the account."""

    warning_id: int
    account_id: int
