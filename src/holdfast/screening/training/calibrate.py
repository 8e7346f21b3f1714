"""Fits probability curves and chooses operating points, on posts kept from training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.screening.classifier import (
    OUTPUTS,
    POINTS,
    VIOLENCE,
    Calibration,
    Curve,
    OperatingPoint,
    PointName,
)
from holdfast.screening.evaluation import measured

Floats = NDArray[np.floating]
HARASSMENT: Final = "harassment_hate"

LAWFUL_COST: Final[Mapping[PointName, tuple[float, float, float]]] = {
    "cautious": (0.005, 0.001, 0.002),
    "balanced": (0.026, 0.004, 0.003),
    "strict": (0.08, 0.02, 0.02),
}
"""Per operating point, the share of hard lawful posts that may be flagged for violence, held for violence, and
flagged for harassment. Thresholds follow from these; recall is what is then measured."""

ASKED_SHARE: Final = 0.5
"""Part of lawful posts kept back, contrasts and ordinary ones alike, for which the first tier may ask the second."""


def fit_curve(logits: Floats, labels: Floats, weights: Floats | None = None, *, rounds: int = 60) -> Curve:
    """Logistic regression by Newton's method with a little ridge; `logits` (rows, k), `labels` 0/1."""
    design = np.column_stack([np.asarray(logits, np.float64), np.ones(len(labels))])
    weights = np.ones(len(labels)) if weights is None else weights
    beta = np.zeros(design.shape[1])
    # Platt's targets: certainty grows with the number of rows.
    positive = max(1.0, float(labels.sum()))
    negative = max(1.0, float((1 - labels).sum()))
    wanted = np.where(labels > 0.5, (positive + 1) / (positive + 2), 1 / (negative + 2))
    ridge = np.eye(design.shape[1]) * 1e-3
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        slope = design.T @ (weights * (chance - wanted)) + ridge @ beta
        bend = (design * (weights * chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(bend, slope)
        beta -= step
        if np.abs(step).max() < 1e-7:
            break
    return Curve(weights=[float(value) for value in beta[:-1]], bias=float(beta[-1]))


def apply_curve(curve: Curve, logits: Floats) -> NDArray[np.float64]:
    """Probabilities of many rows; `logits` (rows, k)."""
    value = np.asarray(logits, np.float64) @ np.array(curve.weights) + curve.bias
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -30, 30))), np.float64)


def fit_calibration(first: Floats, second: Floats, labels: Floats) -> Calibration:
    """`first`, `second`: logits (rows, outputs) of both tiers; `labels` (rows, outputs), NaN where unknown."""
    alone: dict[str, Curve] = {}
    both: dict[str, Curve] = {}
    for at, name in enumerate(OUTPUTS):
        known = ~np.isnan(labels[:, at])
        wanted = labels[known, at]
        alone[name] = fit_curve(first[known, at : at + 1], wanted)
        both[name] = fit_curve(np.column_stack([first[known, at], second[known, at]]), wanted)
    return Calibration(first=alone, both=both)


def choose_points(
    probabilities: Mapping[str, Floats], violent: NDArray[np.bool_], lawful: NDArray[np.bool_]
) -> dict[str, OperatingPoint]:
    """Thresholds whose cost on `lawful` rows is what `LAWFUL_COST` allows, and what they reach.

    `probabilities`: output -> (rows,), of both tiers together.
    """
    points: dict[str, OperatingPoint] = {}
    for name in POINTS:
        flag_cost, hold_cost, harassment_cost = LAWFUL_COST[name]
        flag = {
            VIOLENCE: threshold_for(probabilities[VIOLENCE][lawful], flag_cost),
            HARASSMENT: threshold_for(probabilities[HARASSMENT][lawful], harassment_cost),
        }
        hold = {VIOLENCE: threshold_for(probabilities[VIOLENCE][lawful], hold_cost)}
        over = np.any([probabilities[output] >= least for output, least in flag.items()], axis=0)
        held = probabilities[VIOLENCE] >= hold[VIOLENCE]
        points[name] = OperatingPoint(
            flag=flag,
            hold=hold,
            recall=measured(over[violent]),
            false_positives=measured(over[lawful]),
            held_lawful=measured(held[lawful]),
        )
    return points


def threshold_for(lawful: Floats, cost: float) -> float:
    """The least threshold at or above which no more than this share of lawful rows lies; 1 when there are none."""
    ordered = np.sort(lawful)[::-1]
    allowed = int(cost * len(ordered))
    if not len(ordered):
        return 1.0
    if allowed >= len(ordered):
        return 0.0
    return float(min(1.0, np.nextafter(ordered[allowed], 2.0)))


def ask_thresholds(first: Mapping[str, Floats], ordinary: NDArray[np.bool_]) -> dict[str, float]:
    """Probabilities of the first tier above which the second is asked: `ASKED_SHARE` of ordinary posts."""
    names: Sequence[tuple[str, float]] = ((VIOLENCE, 0.75), (HARASSMENT, 0.25))
    return {name: threshold_for(first[name][ordinary], ASKED_SHARE * part) for name, part in names}
