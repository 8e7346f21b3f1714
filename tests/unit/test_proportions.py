"""Wilson intervals hold the share they are about and narrow with the number of cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.proportions import wilson_interval


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_share(case: tuple[int, int]) -> None:
    successes, of = case
    low, high = wilson_interval(successes, of)
    assert 0 <= low <= successes / of <= high <= 1
    more_low, more_high = wilson_interval(10 * successes, 10 * of)
    assert more_high - more_low < high - low


def test_known_values_and_nothing() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    # Newcombe 1998, table I: 81 of 263 and 0 of 20.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    with pytest.raises(ValueError, match="between"):
        wilson_interval(2, 1)
