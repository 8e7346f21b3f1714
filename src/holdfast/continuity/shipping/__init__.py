"""Shipping: the database's log, as it is written, to the stores of the mirror (ADR 0035, docs/guide/mirror.md).

model     what the shipper tells of itself; decisions
state     the same as files that every process reads
errors    the family of what goes wrong
"""

from .errors import NotThisSite, Overtaken, ShippingError, SourceAway, StateUnreadable
from .model import (
    APPLICATION,
    SLOT,
    STALE_AFTER,
    LaneMode,
    ShipperState,
    ShippingLimits,
    StoreState,
)
from .state import is_superseded, mark_superseded, read_state, superseded_by, write_state

__all__ = [
    "APPLICATION", "LaneMode", "NotThisSite", "Overtaken", "SLOT", "STALE_AFTER", "ShipperState", "ShippingError",
    "ShippingLimits", "SourceAway", "StateUnreadable", "StoreState", "is_superseded", "mark_superseded", "read_state",
    "superseded_by", "write_state",
]  # fmt: skip
