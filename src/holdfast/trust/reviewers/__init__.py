"""Reviewers: what one person sees in a day is counted and has an end, and how it is shown is theirs to say."""

from .caps import all_caps, capped, caps_of, set_caps
from .errors import BreakDue
from .look import allowed, begin_look, end_look, keep_look
from .model import Allowance, Bounds, Caps, Day, Preferences, Shift, allowance, checked, gone_on
from .preferences import set_preferences
from .queries import day_of, exposure_of, preferences_of, shift_of, skips_by_category, team_exposure

__all__ = [
    "Allowance", "Bounds", "BreakDue", "Caps", "Day", "Preferences", "Shift", "all_caps", "allowance", "allowed", "begin_look",
    "capped", "caps_of", "checked", "day_of", "set_caps",
    "end_look", "exposure_of", "gone_on", "keep_look", "preferences_of", "set_preferences", "shift_of",
    "skips_by_category", "team_exposure",
]  # fmt: skip
