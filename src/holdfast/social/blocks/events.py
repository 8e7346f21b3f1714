"""Facts about blocks, in the past tense. Mutes and notes are nobody else's business: they have none."""

from __future__ import annotations

from ...platform.outbox import Event


class AccountBlocked(Event, frozen=True):
    """`account_id` blocked `target_id`; their follows and requests ended in the same transaction."""

    account_id: int
    target_id: int


class AccountUnblocked(Event, frozen=True):
    """`account_id` took a block of `target_id` back."""

    account_id: int
    target_id: int
