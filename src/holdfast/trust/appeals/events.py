"""Facts about appeals, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class AppealFiled(Event, frozen=True):
    """Somebody asks for a decision to be looked at again."""

    appeal_id: int
    case_id: int


class AppealDecided(Event, frozen=True):
    """It was answered. outcome: upheld, partial, overturned, settled. decision_id: the one that was appealed, if any."""

    appeal_id: int
    outcome: str
    decision_id: int | None
