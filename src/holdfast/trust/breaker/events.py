"""Facts about the breaker, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class BreakerMoved(Event, frozen=True):
    """It entered or left a stage; 0 is none."""

    from_stage: int
    to_stage: int
