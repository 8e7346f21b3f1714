"""Clocks of notices: started from presets, paused and extended with evidence, warned of, breached on record."""

from .change import (
    add_clocks,
    begin_counting,
    end_clocks,
    extend_clock,
    meet_clock,
    meet_clocks,
    pause_clock,
    plan_clocks,
    resume_clock,
    unmeet_clocks,
)
from .errors import ClockNotChangeable, ClockNotThere
from .events import ClockBreached, ClockWarned
from .model import BREACHED, ClockView, Look, Moments, NoticeClock, fresh, look, read, reckoned, view
from .presets import (
    PresetsVersion,
    presets_in_force,
    presets_text,
    presets_versions,
    publish_presets,
    text_to_begin_with,
)
from .queries import clocks_of, lock_clock, lock_clocks
from .watch import Noted, looks_due, note_look

__all__ = [
    "BREACHED", "ClockBreached", "ClockNotChangeable", "ClockNotThere", "ClockView", "ClockWarned", "Look", "Moments", "Noted",
    "NoticeClock", "PresetsVersion", "add_clocks", "begin_counting", "clocks_of", "end_clocks", "extend_clock", "fresh", "lock_clock",
    "lock_clocks", "look", "looks_due", "meet_clock", "meet_clocks", "note_look", "pause_clock", "plan_clocks", "presets_in_force", "presets_text",
    "presets_versions", "publish_presets", "read", "reckoned", "resume_clock", "text_to_begin_with",
    "unmeet_clocks", "view",
]  # fmt: skip
