"""The order of cases: lanes, and a number inside them that is made of what is known and shown in parts."""

from .model import (
    LANE_SEVERITY,
    NEUTRAL_RECORD,
    TARGET_SECONDS,
    Facts,
    Order,
    clock_share,
    names_near_time,
    order,
    reporters_weight,
)
from .queries import CaseFacts, case_facts
from .records import reporter_records

__all__ = [
    "LANE_SEVERITY", "NEUTRAL_RECORD", "TARGET_SECONDS", "CaseFacts", "Facts", "Order", "case_facts", "clock_share",
    "names_near_time", "order", "reporter_records", "reporters_weight",
]  # fmt: skip
