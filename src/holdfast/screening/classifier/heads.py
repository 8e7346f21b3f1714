"""The names of what the model says."""

from __future__ import annotations

from typing import Final

HEADS: Final = ("threat_direct", "incitement", "glorification", "harassment_hate")
"""What is wrong with a post; several may hold."""

VIOLENCE: Final = "violence"
"""The union of the first three heads, learned as a score of its own because much data says only this."""

VIOLENT_HEADS: Final = HEADS[:3]

JUDGED: Final = (*HEADS, VIOLENCE)
"""What a verdict rests on. A post for which none of these holds is lawful."""

DEPICTED: Final = "violence_depicted"
"""Serious violence or injury is told of, imagined or dwelt on. No reason to act on a post: it spares those who would
rather not see it unprepared, and other people's data sets count it as violence."""

OUTPUTS: Final = (*JUDGED, DEPICTED)
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
