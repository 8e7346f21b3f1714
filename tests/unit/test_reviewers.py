"""How much one person is given: breaks, the end of the day, and what a pause is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from holdfast.trust.reviewers import Bounds, Day, Shift, allowance, gone_on

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
BOUNDS = Bounds(
    daily_items=100, daily_heavy=20, daily_minutes=120, break_after_minutes=60, break_minutes=10,
    heavy_categories=frozenset({"threat"}),
)  # fmt: skip


def test_the_day_ends_by_items_or_time_and_heavy_ones_before() -> None:
    assert allowance(BOUNDS, Day(), None, NOW).why == ""
    for day, why in ((Day(100), "items"), (Day(5, 0, 7200.0), "minutes"), (Day(30, 20), "heavy")):
        found = allowance(BOUNDS, day, None, NOW)
        assert (found.why, found.until) == (why, datetime(2026, 11, 25, tzinfo=UTC))
        assert found.urgent_only is (why != "heavy")


def test_a_break_is_due_after_work_without_a_pause_and_a_pause_is_one() -> None:
    shift = gone_on(BOUNDS, None, NOW)
    for minute in range(5, 60, 5):
        shift = gone_on(BOUNDS, shift, NOW + timedelta(minutes=minute))
        assert allowance(BOUNDS, Day(), shift, NOW + timedelta(minutes=minute)).why == ""
    shift = gone_on(BOUNDS, shift, NOW + timedelta(minutes=60))
    found = allowance(BOUNDS, Day(), shift, NOW + timedelta(minutes=61))
    assert (found.why, found.until) == ("break", NOW + timedelta(minutes=70))
    assert allowance(BOUNDS, Day(), shift, NOW + timedelta(minutes=70)).why == ""
    # Who rested by themselves starts anew.
    rested = gone_on(BOUNDS, Shift(NOW, NOW + timedelta(minutes=50)), NOW + timedelta(minutes=61))
    assert rested == Shift(NOW + timedelta(minutes=61), NOW + timedelta(minutes=61))


@given(st.lists(st.integers(1, 1200), max_size=200))
def test_nobody_works_longer_than_the_bound_without_a_break(gaps: list[int]) -> None:
    shift, now, since = None, NOW, NOW
    for gap in gaps:
        before = now
        now += timedelta(seconds=gap)
        if allowance(BOUNDS, Day(), shift, now).why == "break":
            since = now
            continue
        if now - before >= timedelta(minutes=BOUNDS.break_minutes) or (
            shift is not None and shift.break_until is not None
        ):
            since = now
        shift = gone_on(BOUNDS, shift, now)
        longest = timedelta(minutes=BOUNDS.break_after_minutes + BOUNDS.break_minutes)
        assert now - since <= longest
