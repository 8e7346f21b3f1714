"""Legal holds: what no deletion may remove. Every path that deletes for good asks here first.

A hold names a query, not things: it is evaluated when a path asks, so it also keeps what was made after it was placed.
The database refuses what a path forgot (migration 0015).
"""

from .ask import held, park, park_for, ran, released_erasures
from .errors import HoldNotPlaced, HoldNotThere
from .events import HoldReleased
from .jobs import forget_held_copies
from .model import Hold, HoldQuery, Scope, Subject, Terms
from .queries import active_count, hold_of, holds, parked_by
from .store import lapsed_holds, mark_recorded, name_in_notice, place_hold, release_hold

__all__ = [
    "Hold", "HoldNotPlaced", "HoldNotThere", "HoldQuery", "HoldReleased", "Scope", "Subject", "Terms", "active_count", "forget_held_copies", "held",
    "hold_of", "holds", "lapsed_holds", "mark_recorded", "name_in_notice", "park", "park_for", "parked_by", "place_hold", "ran",
    "release_hold", "released_erasures",
]  # fmt: skip
