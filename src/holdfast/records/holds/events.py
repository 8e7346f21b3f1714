"""Facts about holds, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class HoldReleased(Event, frozen=True):
    """A hold keeps nothing any more: erasures that waited for it, and for no other, run."""

    hold_id: int
