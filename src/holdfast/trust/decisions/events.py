"""Facts about decisions, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class DecisionMade(Event, frozen=True):
    """Somebody decided. What it does may still be on its way: `Decision.settled_at` says when all of it was done."""

    decision_id: int
    case_id: int | None


class StatementHeld(Event, frozen=True):
    """A member is not told yet of what was decided, since a notice that led to it forbids that."""

    decision_id: int
    notice_id: int
    record_id: str


class DecisionReversed(Event, frozen=True):
    """A decision was taken back, with those about later copies."""

    decision_id: int
