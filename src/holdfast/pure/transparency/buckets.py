"""Times in steps of at most a fifth: counters of months are added, and quantiles are still known.

Whole numbers only, so that every machine finds the same bucket.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

_YEAR_SECONDS: Final = 366 * 86_400


def _bounds() -> tuple[int, ...]:
    found = [0, 1, 2, 3, 4, 5]
    while found[-1] < _YEAR_SECONDS:
        found.append(found[-1] * 6 // 5)
    return tuple(found)


BOUNDS: Final = _bounds()
"""Upper bounds of the buckets, in seconds, included. What takes longer than a year is in the last one."""


def bucket_of(seconds: int) -> int:
    """The bucket of a time; negative times, which clocks that were set back make, are in the first."""
    return min(bisect_left(BOUNDS, max(0, seconds)), len(BOUNDS) - 1)


def quantile(counts: Mapping[int, int], permille: int) -> int | None:
    """The upper bound, in seconds, of the bucket in which so many of a thousand are reached; None of nothing."""
    total = sum(counts.values())
    reached = 0
    for bucket in sorted(counts):
        reached += counts[bucket]
        if total and reached * 1000 >= total * permille:
            return BOUNDS[bucket]
    return None
