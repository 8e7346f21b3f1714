"""What the desk refuses for the sake of whoever works there.

LimitReached
└── BreakDue                 a break, or the end of the day; says until when
"""

from __future__ import annotations

from ...platform.clock import Instant
from ...pure.errors import LimitReached
from .model import Allowance

_WORDS = {
    "break": "You have worked without a pause for a while: it is time for a break",
    "items": "You have seen as many cases today as one person should",
    "minutes": "You have spent as much time with cases today as one person should",
}


class BreakDue(LimitReached):
    """Nothing but threats to life is given until then."""

    def __init__(self, allowed: Allowance, now: Instant) -> None:
        until = allowed.until or now
        words = _WORDS.get(allowed.why, "It is time for a break")
        super().__init__(
            f"{words}. Nothing but threats to life is given to you until {until:%H:%M} UTC",
            retry_after_seconds=max(1, int((until - now).total_seconds())),
        )
