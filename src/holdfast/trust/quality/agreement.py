"""How far people agree beyond chance: Krippendorff's alpha with an interval, Cohen's kappa for pairs.

Alpha is 1 for perfect agreement and 0 for what chance would give. Krippendorff asks for 0.8, and for 0.667 where conclusions
are tentative. Its interval is the middle 95 % of what resampled cases give. Nothing here reads or writes anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal

import krippendorff
import msgspec
import numpy as np

TARGET: Final = 0.8
ALARM: Final = 0.667
RESAMPLES: Final = 500
_SEED: Final = 20_170_401
"""Fixed, so that the same looks always give the same interval."""


class Alpha(msgspec.Struct, frozen=True):
    """Agreement of `units` cases. value None: there is too little, or everybody always said the same of everything, of which
    alpha says nothing; `agreed` is the plain share of cases in which they did."""

    units: int
    agreed: float | None
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def alarming(self) -> bool:
        """Whether it is below what even tentative conclusions need."""
        return self.value is not None and self.value < ALARM


Level = Literal["nominal", "ordinal"]


def alpha(units: Sequence[Sequence[str | int]], *, level: Level = "nominal") -> Alpha:
    """Alpha of what was said of each unit. `level`: `ordinal` for numbers, of which near ones agree more than far ones.

    Units of whom fewer than two people said something tell nothing and are left out.
    """
    paired = [unit for unit in units if len(unit) > 1]
    if not paired:
        return Alpha(0, None)
    agreed = sum(len(set(unit)) == 1 for unit in paired) / len(paired)
    domain = sorted({value for unit in paired for value in unit}, key=lambda value: (str(type(value)), value))
    if len(domain) < 2 or len(paired) < 2:
        return Alpha(len(paired), agreed)
    counts = np.zeros((len(paired), len(domain)), dtype=np.int64)
    for row, unit in enumerate(paired):
        for value, times in Counter(unit).items():
            counts[row, domain.index(value)] = times
    values = list(range(len(domain))) if level == "nominal" else [int(value) for value in domain]
    found = _alpha(counts, values, level)
    if found is None:
        return Alpha(len(paired), agreed)
    low, high = _interval(counts, values, level)
    return Alpha(len(paired), agreed, found, low, high)


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two people: what each said of the same cases. None: nothing, or chance alone explains it all."""
    if not pairs:
        return None
    number = len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    seen = sum(one == other for one, other in pairs) / number
    by_chance = sum(first[label] * second[label] for label in first) / (number * number)
    return None if by_chance >= 1.0 else (seen - by_chance) / (1.0 - by_chance)


def _interval(counts: np.ndarray, values: list[int], level: Level) -> tuple[float | None, float | None]:
    dice = np.random.default_rng(_SEED)
    found = []
    for _ in range(RESAMPLES):
        rows = dice.integers(0, len(counts), len(counts))
        one = _alpha(counts[rows], values, level)
        # A resample in which everybody says the same of everything agrees entirely.
        found.append(1.0 if one is None else one)
    low, high = np.percentile(found, (2.5, 97.5))
    return float(low), float(high)


def _alpha(counts: np.ndarray, values: list[int], level: Level) -> float | None:
    if np.count_nonzero(counts.sum(axis=0)) < 2:
        return None
    used = counts.sum(axis=0) > 0
    found = krippendorff.alpha(
        value_counts=counts[:, used],
        value_domain=[value for value, there in zip(values, used, strict=True) if there],
        level_of_measurement=level,
    )
    return None if np.isnan(found) else float(found)
