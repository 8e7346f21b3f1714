"""How pages say where an appeal stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from ...trust.appeals import Appeal, Outcome
from .translations import msg


class AppealWords(msgspec.Struct, frozen=True):
    """What differs between appeals of decisions and of holds. outcomes: by the API's names."""

    ask: str
    why: str
    outcomes: Mapping[str, str]


_SHORT: Final = {
    Outcome.UPHELD: msg("appeal: the decision stays"),
    Outcome.PARTIAL: msg("appeal: partly right"),
    Outcome.OVERTURNED: msg("appeal: you were right"),
    Outcome.SETTLED: msg("appeal: settled"),
}


def standing(appeal: Appeal) -> str:
    """In a few words, for a list."""
    if appeal.outcome is not None:
        return _SHORT[appeal.outcome]
    return msg("appeal: late") if appeal.breached_at is not None else msg("appeal: waits")
