"""When the answer to a notice is due: presets as data, calendars of jurisdictions, clocks that pause (ADR 0038)."""

from __future__ import annotations

from .calendars import Calendar
from .clocks import (
    Clock,
    Extension,
    Pause,
    breached_at,
    due_at,
    elapsed_share,
    extended,
    known_at,
    moment_of_share,
    opens_at,
    paused,
    running_time,
)
from .errors import ClockNotUsable, PresetNotKnown, PresetsNotUsable
from .presets import (
    LEGAL_REVIEW,
    Basis,
    Bound,
    ClockPreset,
    MetBy,
    Preset,
    Presets,
    Purpose,
    Span,
    Stated,
    Unit,
    read_presets,
    shipped_presets,
    shipped_text,
)
from .readings import ClockState, Reading, state_at

__all__ = [
    "Basis", "Bound", "Calendar", "Clock", "ClockPreset", "ClockState", "Extension", "LEGAL_REVIEW", "MetBy", "Pause", "Preset",
    "Presets", "Purpose", "Reading", "Span", "Stated", "Unit",
    "ClockNotUsable", "PresetNotKnown", "PresetsNotUsable",
    "breached_at", "due_at", "elapsed_share", "extended", "known_at", "moment_of_share", "opens_at", "paused",
    "read_presets", "running_time", "shipped_presets", "shipped_text", "state_at",
]  # fmt: skip
