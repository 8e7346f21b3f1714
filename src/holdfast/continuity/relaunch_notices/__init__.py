"""Where the site went, said in a signed file: issued here, served at /relaunch.json, held by every store (ADR 0036).

issue     the next notice; never one with a number that was used
store     what was issued
spread    at the stores, where a newer one is never replaced
"""

from .issue import Issued, NewNotice, issue_notice
from .queries import HeldNotice, newest_document, newest_notice
from .spread import newest_at, spread_notice

__all__ = [
    "HeldNotice",
    "Issued",
    "NewNotice",
    "issue_notice",
    "newest_at",
    "newest_document",
    "newest_notice",
    "spread_notice",
]
