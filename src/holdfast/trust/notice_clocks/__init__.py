"""Clocks of notices: started from presets, paused and extended with evidence, warned of, breached on record."""

from .events import ClockBreached, ClockWarned
from .model import ClockView, NoticeClock

__all__ = ["ClockBreached", "ClockView", "ClockWarned", "NoticeClock"]
