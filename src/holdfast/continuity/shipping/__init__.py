"""Shipping: the database's log, as it is written, to the stores of the mirror (ADR 0040, docs/guide/mirror.md).

ship             the way in
shipper          one run after the other; what the database and everybody else are told
one_run          from the slot's place in the log to the stores
intake           the log on its way in
sealing_chunks   from log to objects
lanes            one store each: its queue, its confirmations, how it catches up
survey           what a store holds, and whether another server took over
manifests        what is there, signed now and then
model, state     what is told, and where it is read

What web processes import of this room is light: the shipper itself is loaded by the process that ships.
"""

from .errors import NotThisSite, Overtaken, ShippingError, SourceAway, StateUnreadable
from .model import (
    APPLICATION,
    FENCE_LEASE_SECONDS,
    SLOT,
    STALE_AFTER,
    LaneMode,
    ShipperState,
    ShippingLimits,
    StoreState,
)
from .ship import ship
from .state import (
    forget_state,
    is_superseded,
    mark_superseded,
    metrics_text,
    read_state,
    superseded_by,
    write_state,
)

__all__ = [
    "APPLICATION", "FENCE_LEASE_SECONDS", "LaneMode", "NotThisSite", "Overtaken", "SLOT", "STALE_AFTER", "ShipperState",
    "ShippingError", "ShippingLimits", "SourceAway", "StateUnreadable", "StoreState", "forget_state", "is_superseded",
    "mark_superseded", "metrics_text", "read_state", "ship", "superseded_by", "write_state",
]  # fmt: skip
