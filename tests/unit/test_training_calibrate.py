"""Curves find the probabilities that made the data; thresholds cost what they may cost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure.proportions import wilson_interval
from holdfast.screening.classifier import OUTPUTS, POINTS, VIOLENCE
from holdfast.screening.classifier.calibration import Curve
from holdfast.screening.evaluation import measured
from holdfast.screening.training.calibrate import (
    ASKED_SHARE,
    HARASSMENT,
    LAWFUL_COST,
    apply_curve,
    ask_thresholds,
    choose_points,
    fit_calibration,
    fit_curve,
    threshold_for,
)


def drawn(curve: Curve, rows: int, seed: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Logits and labels that follow the curve."""
    random = np.random.default_rng(seed)
    logits = random.normal(size=(rows, len(curve.weights))) * 2
    return logits, (random.random(rows) < apply_curve(curve, logits)).astype(np.float64)


def test_the_curve_that_made_the_labels_is_found() -> None:
    true = Curve(weights=[1.5, -0.5], bias=0.4)
    logits, labels = drawn(true, 20_000)
    found = fit_curve(logits, labels)
    assert found.weights == pytest.approx(true.weights, abs=0.08)
    assert found.bias == pytest.approx(true.bias, abs=0.08)


def test_a_row_of_weight_two_is_two_rows() -> None:
    logits, labels = drawn(Curve(weights=[1.0], bias=0.0), 400)
    twice = np.where(np.arange(400) % 3 == 0, 2.0, 1.0)
    doubled = np.repeat(np.arange(400), twice.astype(int))
    one, other = fit_curve(logits, labels, twice), fit_curve(logits[doubled], labels[doubled])
    # Platt's targets count rows, not weights, so that the two differ a little.
    assert one.weights == pytest.approx(other.weights, abs=0.02)
    assert one.bias == pytest.approx(other.bias, abs=0.02)


def test_applying_a_curve_to_many_rows_is_applying_it_to_each() -> None:
    curve = Curve(weights=[0.7, -2.0], bias=0.1)
    logits = np.random.default_rng(1).normal(size=(50, 2)) * 40
    assert apply_curve(curve, logits) == pytest.approx([curve.probability(row.tolist()) for row in logits])


@pytest.mark.parametrize(
    ("logits", "labels"),
    [
        ([[-50.0], [-40.0], [40.0], [50.0]], [0, 0, 1, 1]),  # nothing in between
        ([[1.0], [2.0], [3.0]], [0, 0, 0]),
        ([[1.0], [2.0], [3.0]], [1, 1, 1]),
        ([[0.0], [0.0], [0.0]], [1, 0, 1]),
        ([[1000.0], [-1000.0], [900.0], [-900.0]], [1, 0, 1, 0]),
    ],
)
def test_extreme_data_makes_no_extreme_claims(logits: list[list[float]], labels: list[int]) -> None:
    curve = fit_curve(np.array(logits), np.array(labels, np.float64))
    assert all(math.isfinite(value) for value in (*curve.weights, curve.bias))
    chances = apply_curve(curve, np.array(logits))
    assert (chances > 0).all()
    assert (chances < 1).all()
    if len(set(labels)) == 2:
        known = np.array(labels) == 1
        assert chances[known].mean() >= chances[~known].mean()


def test_each_output_is_calibrated_on_the_rows_where_it_is_known() -> None:
    random = np.random.default_rng(2)
    first, second = random.normal(size=(900, len(OUTPUTS))), random.normal(size=(900, len(OUTPUTS)))
    labels = (random.random((900, len(OUTPUTS))) < 1 / (1 + np.exp(-2 * second))).astype(np.float64)
    labels[:300, 0] = np.nan
    made = fit_calibration(first, second, labels)
    assert set(made.first) == set(made.both) == set(OUTPUTS)
    for at, name in enumerate(OUTPUTS):
        known = ~np.isnan(labels[:, at])
        alone = fit_curve(first[known, at : at + 1], labels[known, at])
        assert made.first[name] == alone
        assert made.both[name].weights[1] == pytest.approx(2.0, abs=0.5)
        assert made.both[name].weights[0] == pytest.approx(0.0, abs=0.3)


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=60),
    st.floats(0, 1),
)
@settings(deadline=None)
def test_a_threshold_costs_no_more_than_it_may_and_no_lower_one_would_do(
    scores: list[float], cost: float
) -> None:
    values = np.array(scores)
    threshold = threshold_for(values, cost)
    allowed = int(cost * len(values))
    over = int((values >= threshold).sum())
    assert over <= allowed or (threshold == 1.0 and over == int((values == 1.0).sum()))
    if threshold > 0.0:
        lower = np.nextafter(threshold, -1.0)
        assert int((values >= lower).sum()) > allowed


def test_certain_but_wrong_scores_do_not_soften_the_threshold() -> None:
    lawful = np.array([0.9999] * 10 + [0.1] * 90)
    assert int((lawful >= threshold_for(lawful, 0.05)).sum()) <= 5


def test_without_lawful_rows_nothing_is_acted_on() -> None:
    assert threshold_for(np.array([]), 0.02) == 1.0


def test_points_cost_on_lawful_rows_what_they_may_and_say_what_they_reach() -> None:
    random = np.random.default_rng(9)
    violent = np.arange(3_000) < 1_000
    lawful = ~violent
    chance = np.where(violent, random.beta(5, 2, 3_000), random.beta(2, 5, 3_000))
    probabilities = dict.fromkeys(OUTPUTS, chance) | {HARASSMENT: random.beta(2, 8, 3_000)}
    points = choose_points(probabilities, violent, lawful)
    assert set(points) == set(POINTS)
    for name, (flag, hold, harassment) in LAWFUL_COST.items():
        point = points[name]
        assert (chance[lawful] >= point.flag[VIOLENCE]).mean() <= flag
        assert (probabilities[HARASSMENT][lawful] >= point.flag[HARASSMENT]).mean() <= harassment
        assert (chance[lawful] >= point.hold[VIOLENCE]).mean() <= hold
        over = (chance >= point.flag[VIOLENCE]) | (probabilities[HARASSMENT] >= point.flag[HARASSMENT])
        assert (point.recall.hits, point.recall.total) == (int(over[violent].sum()), 1_000)
        assert (point.false_positives.hits, point.false_positives.total) == (int(over[lawful].sum()), 2_000)
    recalls = [points[name].recall.hits for name in ("cautious", "balanced", "strict")]
    assert recalls == sorted(recalls)


def test_the_second_tier_is_asked_for_its_share_of_ordinary_posts() -> None:
    random = np.random.default_rng(3)
    first = {name: random.random(4_000) for name in OUTPUTS}
    ask = ask_thresholds(first, np.ones(4_000, bool))
    asked = np.any([first[name] >= least for name, least in ask.items()], axis=0).mean()
    assert 0.8 * ASKED_SHARE < asked <= ASKED_SHARE


def test_a_count_has_its_interval() -> None:
    low, high = wilson_interval(3, 10)
    counted = measured(np.array([True] * 3 + [False] * 7))
    assert (counted.hits, counted.total) == (3, 10)
    assert [counted.low, counted.high] == pytest.approx([low, high], abs=1e-5)
