"""The evacuation kit: what a new machine needs that no backup has (ADR 0035, 0039).

seal            the sealed part: made, in every store, found again with an identity alone
sheet           the readable part, for paper
completeness    what only people know, and whether it is noted
"""

from .completeness import TOPICS, missing_topics
from .seal import Kit, NoKit, fetch_kit, open_kit, put_kit, seal_kit, sheet_of
from .sheet import kit_page, kit_text

__all__ = [
    "Kit", "NoKit", "TOPICS", "fetch_kit", "kit_page", "kit_text", "missing_topics", "open_kit", "put_kit",
    "seal_kit", "sheet_of",
]  # fmt: skip
