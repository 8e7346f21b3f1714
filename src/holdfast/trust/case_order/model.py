"""The order of work: the lane first, then a number that says how much harm waits. Pure, with its parts shown."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from ...platform.clock import Instant

# The most that each part can add. They sum to 100.
SEVERITY: Final = 30.0
IMMINENCE: Final = 12.0
TARGET: Final = 8.0
REACH: Final = 12.0
SPEED: Final = 10.0
STRIKES: Final = 8.0
REPORTERS: Final = 8.0
CLOCK: Final = 12.0

NEUTRAL_RECORD: Final = 0.5
"""The weight of a reporter of whom nothing is known: the mean of an even Beta distribution."""
_BRIGADE: Final = 0.5
"""Those who act together count at least so much of one, however many they are: they may still be right."""
_STRIKES_FULL = 5
_REACH_FULL = 1_000_000
_SPEED_FULL = 10_000


LANE_SEVERITY: Final[Mapping[str, float]] = {"P0": 0.9, "P1": 0.7, "P2": 0.5, "P3": 0.3, "P4": 0.1}
"""Severity at least, where nothing more is known than the lane."""
TARGET_SECONDS: Final[Mapping[str, float]] = {
    "P0": 900.0, "P1": 14_400.0, "P2": 86_400.0, "P3": 259_200.0, "P4": 604_800.0,
}  # fmt: skip
"""How soon each lane is to be answered where the settings say nothing else."""
_NEAR = re.compile(
    r"\b(?:right now|now|today|tonight|tomorrow|soon|this (?:morning|afternoon|evening|weekend|week)|in an hour|noon|midnight"
    r"|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|at 0 ?(?:am|pm)?|january 0|outside (?:his|her|your|their)|address is"
    r"|aujourd'hui|ce soir|demain|maintenant|bientot|ce matin|cette nuit|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
    r"|heute|morgen|gleich|jetzt|bald|am (?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)"
    r"|hoy|manana|esta noche|ahora|el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo))\b"
)


def names_near_time(text: str) -> bool:
    """Whether a text (the tokens of a `Print`) names a time that is near, or a place where somebody is found."""
    return _NEAR.search(text) is not None


class Facts(msgspec.Struct, frozen=True):
    """What the number is made of.

    severity: 0 to 1. imminent: whether the text names a near time or place. target: whether it is about somebody in
    particular, and whom (a target of the model, or "named"). reach: people who may have seen it. interactions_hour:
    reactions in the last hour. strikes: points of the author that count. reporters: the record of each different
    reporter, 0 to 1. independent: as how many they count when those who act together are one; None: all. opened_at,
    target_seconds: when the case came and how soon its lane is to be answered. due_at: a legal clock.
    """

    severity: float
    opened_at: Instant
    target_seconds: float
    imminent: bool = False
    target: str | None = None
    reach: int = 0
    interactions_hour: float = 0.0
    strikes: int = 0
    reporters: Sequence[float] = ()
    independent: float | None = None
    due_at: Instant | None = None


class Order(msgspec.Struct, frozen=True):
    """The number, 0 to 100, and its parts: each with its points and what it was made from."""

    priority: float
    explain: Mapping[str, Any]


def order(facts: Facts, now: Instant) -> Order:
    """How much harm waits. More of any fact never lowers the number; the clock alone raises it with time.

    The reporters are the exception that is meant: those who act together count as fewer (`Facts.independent`).
    """
    parts: dict[str, tuple[float, Any]] = {
        "severity": (SEVERITY * _share(facts.severity), round(_share(facts.severity), 3)),
        "imminence": (IMMINENCE if facts.imminent else 0.0, facts.imminent),
        "target": (TARGET if facts.target else 0.0, facts.target),
        "reach": (REACH * _logarithmic(facts.reach, _REACH_FULL), facts.reach),
        "speed": (
            SPEED * _logarithmic(facts.interactions_hour, _SPEED_FULL),
            round(facts.interactions_hour, 1),
        ),
        "strikes": (STRIKES * _share(facts.strikes / _STRIKES_FULL), facts.strikes),
        "reporters": (REPORTERS * reporters_weight(facts.reporters, facts.independent), len(facts.reporters)),
        "clock": (
            CLOCK * clock_share(facts, now),
            None if facts.due_at is None else facts.due_at.isoformat(),
        ),
    }
    explain: dict[str, dict[str, Any]] = {
        name: {"points": round(points, 2), "from": of} for name, (points, of) in parts.items()
    }
    if facts.independent is not None:
        explain["reporters"]["independent"] = round(facts.independent, 1)
    return Order(round(sum(points for points, _ in parts.values()), 2), explain)


def reporters_weight(records: Sequence[float], independent: float | None = None) -> float:
    """What reporters add together, 0 to 1: their mean record counts most, and their number hardly.

    Ten of no record weigh little more than one; a hundred who are mostly wrong weigh less than one who is mostly right.
    Those who act together weigh less than one of them alone would: `independent` says as how many they count.
    """
    if not records:
        return 0.0
    number = float(len(records))
    count = number if independent is None else min(max(independent, _BRIGADE), number)
    mean = sum(_share(one) for one in records) / number
    return _share(mean * mean * (1.0 + 0.25 * math.log10(max(count, 1.0))) * min(count, 1.0))


def clock_share(facts: Facts, now: Instant) -> float:
    """How much of the time is used up that there was to answer in, 0 to 1."""
    waited = (now - facts.opened_at).total_seconds()
    share = waited / facts.target_seconds if facts.target_seconds > 0 else 1.0
    if facts.due_at is not None:
        whole = (facts.due_at - facts.opened_at).total_seconds()
        share = max(share, waited / whole if whole > 0 else 1.0)
    return _share(share)


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0) if value == value else 0.0


def _logarithmic(value: float, full: float) -> float:
    return _share(math.log1p(max(value, 0.0)) / math.log1p(full))
