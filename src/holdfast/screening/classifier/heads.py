"""The names of what the model says."""

from __future__ import annotations

from typing import Final

HEADS: Final = ("threat_direct", "incitement", "glorification", "harassment_hate")
"""What is wrong with a post; several may hold."""

VIOLENCE: Final = "violence"
"""The union of the first three heads, learned as a score of its own because much data says only this."""

VIOLENT_HEADS: Final = HEADS[:3]

OUTPUTS: Final = (*HEADS, VIOLENCE)
"""The order of the model's outputs."""

TARGETS: Final = (
    "public_official",
    "candidate",
    "election_worker",
    "judge",
    "journalist",
    "business_leader",
    "police",
    "protected_group",
    "private_person",
)
"""Whom a hit is about; the order of the model's target outputs."""
