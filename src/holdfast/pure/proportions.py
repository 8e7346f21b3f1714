"""Intervals for proportions: k of n is never told without how far it can be trusted."""

from __future__ import annotations

from math import sqrt
from typing import Final

Z_95: Final = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


def wilson_interval(successes: int, of: int, *, z: float = Z_95) -> tuple[float, float]:
    """Wilson score interval (low, high) of a proportion, 95 % unless `z` says otherwise; (0, 1) of nothing.

    Raises ValueError unless 0 <= successes <= of.
    """
    if not 0 <= successes <= of:
        raise ValueError("successes must be between 0 and of")
    if of == 0:
        return 0.0, 1.0
    share, square = successes / of, z * z
    middle = share + square / (2 * of)
    reach = z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    low = 0.0 if successes == 0 else (middle - reach) / (1 + square / of)
    high = 1.0 if successes == of else (middle + reach) / (1 + square / of)
    return low, high
