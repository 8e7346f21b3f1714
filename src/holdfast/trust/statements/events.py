"""Facts about statements of reasons, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class StatementSent(Event, frozen=True):
    """A member was sent a statement of reasons, or that one no longer holds; by mail it follows where that is set up."""

    statement_id: int
    account_id: int
