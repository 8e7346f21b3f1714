"""What the desk misses and what it gets wrong, as shares with intervals. Pure: counts in, estimates out, never a guess."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .proportions import wilson_interval


class Share(msgspec.Struct, frozen=True):
    """k of n, with its 95 % interval. n 0: nothing is known, and the interval says so."""

    k: int
    n: int

    @property
    def value(self) -> float | None:
        """The share itself."""
        return self.k / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's."""
        return wilson_interval(self.k, self.n)


class Recall(msgspec.Struct, frozen=True):
    """Of all that breaks the rules in public, the part that was found. missed: how many were not, as estimated."""

    found: int
    missed_low: float
    missed: float | None
    missed_high: float
    value: float | None
    low: float
    high: float


class Counts(msgspec.Struct, frozen=True):
    """What was counted over a time.

    sampled, sampled_bad: posts of the samples that were decided, and those of them that broke the rules. population:
    public posts that nothing flagged, over the times that the samples are of. found: public posts acted on, over the same.
    precision: by what found it, (acted on, decided). looked, errors: decisions judged twice to the end, by kind of mistake.
    """

    sampled: int
    sampled_bad: int
    population: int
    found: int
    precision: Mapping[str, tuple[int, int]]
    looked: int
    errors: Mapping[str, int]


class Estimates(msgspec.Struct, frozen=True):
    """What follows from the counts."""

    prevalence: Share
    recall: Recall
    precision: dict[str, Share]
    errors: dict[str, Share]


def estimate(counts: Counts) -> Estimates:
    """Prevalence among what nothing flagged; recall from it; precision by source; the share of each kind of mistake."""
    prevalence = Share(counts.sampled_bad, counts.sampled)
    return Estimates(
        prevalence,
        recall_of(counts.found, prevalence, counts.population),
        {name: Share(k, n) for name, (k, n) in sorted(counts.precision.items())},
        {name: Share(k, counts.looked) for name, k in sorted(counts.errors.items())},
    )


def recall_of(found: int, prevalence: Share, population: int) -> Recall:
    """Recall, whose interval comes from that of the prevalence: few samples leave it wide, none leave it open."""
    low, high = (end * population for end in prevalence.interval)
    middle = None if prevalence.value is None else prevalence.value * population
    return Recall(
        found, low, middle, high,
        None if middle is None else _part(found, middle), _part(found, high) or 0.0, _part(found, low, empty=1.0) or 0.0,
    )  # fmt: skip


def _part(found: int, missed: float, *, empty: float | None = None) -> float | None:
    return found / (found + missed) if found + missed > 0 else empty
