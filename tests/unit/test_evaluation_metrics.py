"""Measures against values worked out by hand, and what must hold for any scores."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.screening.evaluation.metrics import auprc, auroc, bootstrap, calibration_error, reliability


def array(*values: float) -> np.ndarray:
    return np.array(values, np.float64)


LABELS = array(1, 1, 0, 1, 0)
SCORES = array(0.9, 0.8, 0.7, 0.6, 0.5)


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    # Six pairs of a positive and a negative; only (0.6, 0.7) is the wrong way round.
    assert auroc(LABELS, SCORES) == pytest.approx(5 / 6)
    assert auroc(LABELS, -SCORES) == pytest.approx(1 / 6)


def test_a_tie_is_half_a_pair_in_order() -> None:
    assert auroc(array(1, 0), array(0.5, 0.5)) == 0.5
    # Pairs: (0.9, 0.5) right, (0.9, 0.1) right, (0.5, 0.5) half, (0.5, 0.1) right.
    assert auroc(array(1, 1, 0, 0), array(0.9, 0.5, 0.5, 0.1)) == pytest.approx(3.5 / 4)


def test_average_precision_is_the_mean_precision_at_each_hit() -> None:
    assert auprc(LABELS, SCORES) == pytest.approx((1 / 1 + 2 / 2 + 3 / 4) / 3)
    assert auprc(array(0, 1), array(0.9, 0.1)) == pytest.approx(1 / 2)


def test_ties_are_one_step_whatever_their_order() -> None:
    # All four at once: precision is the share of positives.
    assert auprc(array(1, 0, 0, 0), array(0.5, 0.5, 0.5, 0.5)) == pytest.approx(1 / 4)
    assert auprc(array(0, 0, 0, 1), array(0.5, 0.5, 0.5, 0.5)) == pytest.approx(1 / 4)


def test_what_cannot_be_measured_is_no_number() -> None:
    assert math.isnan(auroc(array(1, 1), array(0.1, 0.2)))
    assert math.isnan(auroc(array(0, 0), array(0.1, 0.2)))
    assert math.isnan(auprc(array(0, 0), array(0.1, 0.2)))
    assert all(map(math.isnan, bootstrap(auroc, array(1, 1), array(0.1, 0.2))))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=40))
@settings(deadline=None)
def test_both_areas_agree_with_counting(rows: list[tuple[bool, int]]) -> None:
    labels, scores = array(*(label for label, _ in rows)), array(*(score for _, score in rows))
    positive, negative = scores[labels == 1], scores[labels == 0]
    if len(positive) and len(negative):
        pairs = [(one > other) + 0.5 * (one == other) for one in positive for other in negative]
        assert auroc(labels, scores) == pytest.approx(sum(pairs) / len(pairs))
    if len(positive):
        area, before = 0.0, 0
        for threshold in sorted(set(scores.tolist()), reverse=True):
            found = int((positive >= threshold).sum())
            area += (found - before) / len(positive) * found / int((scores >= threshold).sum())
            before = found
        assert auprc(labels, scores) == pytest.approx(area)


def test_the_bootstrap_interval_is_that_of_a_share() -> None:
    labels = array(*([1.0] * 300 + [0.0] * 700))
    low, high = bootstrap(lambda known, scores: float(known.mean()), labels, labels, rounds=2_000)
    spread = 1.96 * math.sqrt(0.3 * 0.7 / 1000)
    assert low == pytest.approx(0.3 - spread, abs=0.004)
    assert high == pytest.approx(0.3 + spread, abs=0.004)
    assert bootstrap(auroc, LABELS, SCORES) == bootstrap(auroc, LABELS, SCORES)


def test_reliability_sets_what_was_said_beside_what_was() -> None:
    labels, said = array(0, 1, 0, 1, 1, 1), array(0.11, 0.19, 0.52, 0.58, 0.99, 1.0)
    means, shares, counts = zip(*reliability(labels, said), strict=True)
    assert means == pytest.approx([0.15, 0.55, 0.995])
    assert (shares, counts) == ((0.5, 0.5, 1.0), (2, 2, 2))
    assert calibration_error(labels, said) == pytest.approx((0.35 * 2 + 0.05 * 2 + 0.005 * 2) / 6)
    assert calibration_error(array(0, 0, 1, 1), array(0.0, 0.0, 1.0, 1.0)) == 0.0
    assert reliability(array(), array()) == []
