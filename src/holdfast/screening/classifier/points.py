"""Operating points: where probabilities become actions. Data that training measured, and one pure function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from holdfast.screening.classifier.heads import HEADS, VIOLENCE, VIOLENT_HEADS
from holdfast.screening.model import Action, Lane

PointName = Literal["cautious", "balanced", "strict"]
POINTS: Final[tuple[PointName, ...]] = ("cautious", "balanced", "strict")


class Measured(msgspec.Struct, frozen=True):
    """A share that was counted: k of n, with its 95 % interval."""

    hits: int
    total: int
    low: float
    high: float


class OperatingPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Thresholds on calibrated probabilities, and what they cost where they were chosen.

    `flag` and `hold`: output -> least probability; an output that is absent never leads to that action.
    `recall`: violent posts flagged or held; `false_positives`: lawful contrasts flagged or held;
    `held_lawful`: lawful contrasts held. All on posts kept from training.
    """

    flag: dict[str, float]
    hold: dict[str, float]
    recall: Measured
    false_positives: Measured
    held_lawful: Measured


def decide(probabilities: Mapping[str, float], point: OperatingPoint) -> tuple[Action, Lane | None]:
    """Action and lane for one post. The model never refuses: a person decides what is held."""
    over = [name for name, least in point.flag.items() if probabilities.get(name, 0.0) >= least]
    held = any(probabilities.get(name, 0.0) >= least for name, least in point.hold.items())
    if not over and not held:
        return "allow", None
    return ("hold" if held else "flag"), _lane(probabilities, violent=VIOLENCE in over, held=held)


def _lane(probabilities: Mapping[str, float], *, violent: bool, held: bool) -> Lane:
    leading = max(HEADS, key=lambda head: probabilities.get(head, 0.0))
    if not violent:
        return "P3"
    # P0 (imminent) needs facts that a text model does not have; rules and people raise a case to it.
    return "P1" if held or leading in VIOLENT_HEADS[:2] else "P2"
