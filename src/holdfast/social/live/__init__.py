"""Live streams: what happens, told at once to those who are connected to this process and may know of it."""

from .connection import Ending, LiveConnection
from .fan_out import (
    ANNOUNCED,
    ANNOUNCEMENT_GONE,
    ANNOUNCEMENT_REACTED,
    CONVERSED,
    EDITED,
    FILTERED,
    GONE,
    HIDDEN,
    MADE,
    MERGED,
    POSTED,
    RELATED,
)
from .hub import LiveHub, LiveLimits, LiveReaders
from .model import Item, Label, Topic, What

__all__ = [
    "ANNOUNCED", "ANNOUNCEMENT_GONE", "ANNOUNCEMENT_REACTED", "CONVERSED", "EDITED", "FILTERED", "GONE", "HIDDEN",
    "MADE", "MERGED", "POSTED", "RELATED",
    "Ending", "Item", "Label", "LiveConnection", "LiveHub", "LiveLimits", "LiveReaders", "Topic", "What",
]  # fmt: skip
