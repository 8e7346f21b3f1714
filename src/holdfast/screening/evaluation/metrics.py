"""Measures of a classifier, with their intervals, in numpy alone."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from holdfast.pure.proportions import wilson_interval
from holdfast.screening.classifier import Measured

Floats = NDArray[np.floating]


def auroc(labels: Floats, scores: Floats) -> float:
    """Probability that a positive scores above a negative, ties counting half."""
    positive = labels > 0.5
    count, others = int(positive.sum()), int((~positive).sum())
    if not count or not others:
        return math.nan
    _, inverse, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[inverse]
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))


def auprc(labels: Floats, scores: Floats) -> float:
    """Average precision: the step-wise area under precision over recall; ties are one step."""
    positive = labels > 0.5
    if not positive.any():
        return math.nan
    order = np.argsort(-scores, kind="stable")
    sorted_scores, hits = scores[order], np.cumsum(positive[order])
    last_of_tie = np.append(np.flatnonzero(np.diff(sorted_scores)), len(scores) - 1)
    found = hits[last_of_tie]
    precision = found / (last_of_tie + 1)
    recall = found / found[-1]
    return float(np.sum(np.diff(np.concatenate([[0.0], recall])) * precision))


def bootstrap(
    measure: Callable[[Floats, Floats], float],
    labels: Floats,
    scores: Floats,
    *,
    rounds: int = 300,
    seed: int = 1,
) -> tuple[float, float]:
    """95 % percentile interval of a measure over rows drawn with replacement."""
    random = np.random.default_rng(seed)
    values = []
    for _ in range(rounds):
        rows = random.integers(0, len(labels), len(labels))
        value = measure(labels[rows], scores[rows])
        if not math.isnan(value):
            values.append(value)
    if not values:
        return math.nan, math.nan
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def reliability(labels: Floats, probabilities: Floats, *, bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean probability, share of positives, rows) of each bin of probabilities that holds rows."""
    at = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        (float(probabilities[at == b].mean()), float((labels[at == b] > 0.5).mean()), int((at == b).sum()))
        for b in range(bins)
        if (at == b).any()
    ]


def calibration_error(labels: Floats, probabilities: Floats, *, bins: int = 10) -> float:
    """Expected calibration error: mean gap between probability and share, weighted by rows."""
    rows = reliability(labels, probabilities, bins=bins)
    return sum(abs(mean - share) * count for mean, share, count in rows) / max(1, len(labels))


def measured(hits: NDArray[np.bool_]) -> Measured:
    """k of n with its interval."""
    low, high = wilson_interval(int(hits.sum()), len(hits))
    return Measured(int(hits.sum()), len(hits), round(low, 5), round(high, 5))
