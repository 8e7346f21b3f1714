"""Effects: what decisions set on posts, accounts, sign-ups, links and files, and how it is taken back."""

from .model import (
    BARRED,
    DISABLED,
    FROZEN,
    LABEL,
    LIMITED,
    OFF,
    ON,
    REACH,
    REPLIES,
    SENSITIVE,
    SENSITIZED,
    SEVERITY,
    STANDING,
    STRIKE,
    TOLD,
    VISIBILITY,
    ActionKind,
    By,
    Effect,
    EffectState,
    NewEffect,
    SubjectKind,
    value_of,
)
from .queries import EffectCounts, Strike, effect_counts, effects_of, effects_on, strikes_of
from .settle import apply_effects, end_effects, take_back_effects
from .store import wish

__all__ = [
    "BARRED", "DISABLED", "FROZEN", "LABEL", "LIMITED", "OFF", "ON", "REACH", "REPLIES", "SENSITIVE", "SENSITIZED",
    "SEVERITY", "STANDING", "STRIKE", "TOLD", "VISIBILITY", "ActionKind", "By", "Effect", "EffectCounts", "EffectState", "NewEffect",
    "Strike", "SubjectKind", "apply_effects", "effect_counts", "effects_of", "effects_on", "end_effects", "strikes_of",
    "take_back_effects", "value_of", "wish",
]  # fmt: skip
