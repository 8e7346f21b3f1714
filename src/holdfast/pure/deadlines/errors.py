"""What can be wrong with clocks.

Invalid
├── PresetsNotUsable     the file of presets says something that cannot be
├── ClockNotUsable       the times of a clock contradict each other
└── PresetNotKnown       no preset, or no calendar, has that name
"""

from __future__ import annotations

from ..errors import Invalid


class PresetsNotUsable(Invalid):
    """The file of presets cannot be used; the text says which entry and why."""

    public = "The presets of notice clocks cannot be used."


class ClockNotUsable(Invalid):
    """Times without a zone, pauses that overlap or lack evidence, an extension that shortens."""

    public = "The times of this clock contradict each other."


class PresetNotKnown(Invalid):
    """No preset or calendar of this name."""

    public = (
        "There is no such preset. See docs/reference/notice-clocks.md for those that come with the program."
    )
