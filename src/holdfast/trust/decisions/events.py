"""Facts about decisions, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class DecisionMade(Event, frozen=True):
    """Somebody decided. What it does may still be on its way: `Decision.settled_at` says when all of it was done."""

    decision_id: int
    case_id: int | None


class DecisionReversed(Event, frozen=True):
    """A decision was taken back, with those about later copies."""

    decision_id: int
