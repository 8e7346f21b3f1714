"""The breaker of the backlog: it trips, goes on, goes back, one stage at a time, and can do nothing else."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.trust.breaker import (
    Cause,
    LaneReading,
    Measure,
    PostTraits,
    StagesNotUsable,
    State,
    must_wait,
    read_stages,
    shipped_stages,
    step,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
POLICY = shipped_stages()
CALM = LaneReading("P1", 0, 14_400.0, 0.0, None)
COMING = LaneReading("P1", 500, 14_400.0, 15_000.0, 3_000.0)
BROKEN = LaneReading("P1", 900, 14_400.0, None, 0.0)
BETWEEN = LaneReading("P1", 300, 14_400.0, 9_000.0, None)

readings = st.builds(
    LaneReading,
    st.sampled_from(("P0", "P1", "P2", "P3", "P4")),
    st.integers(0, 2000),
    st.just(14_400.0),
    st.none() | st.floats(0, 100_000),
    st.none() | st.floats(0, 100_000),
)
history = st.lists(st.tuples(st.lists(readings, max_size=4), st.integers(1, 3_600)), max_size=40)


def run(state: State, *seen: tuple[LaneReading, float]) -> list[tuple[int, Cause | None]]:
    """The stage and cause after each reading, so many seconds after the one before."""
    now, found = NOW, []
    for reading, seconds in seen:
        now += timedelta(seconds=seconds)
        move = step(POLICY, state, [reading], now)
        state = move.state
        found.append((state.stage, move.cause))
    return found


def test_it_trips_on_the_forecast_and_goes_further_while_that_goes_on() -> None:
    assert run(State(0, NOW), *[(COMING, 60)] * 12) == [
        (1, Cause.FORECAST), *[(1, None)] * 9, (2, Cause.FORECAST), (2, None),
    ]  # fmt: skip


def test_it_goes_twice_as_fast_when_a_promise_is_broken() -> None:
    stages = [stage for stage, _ in run(State(0, NOW), *[(BROKEN, 60)] * 30)]
    assert stages[0] == 1
    assert stages.index(2) == 5
    assert stages[-1] == len(POLICY.stages)


def test_it_stays_between_pressure_and_calm_and_leaves_only_after_a_while_of_calm() -> None:
    up = State(2, NOW, lane="P1")
    assert {stage for stage, _ in run(up, *[(BETWEEN, 600)] * 50)} == {2}
    found = run(up, *[(CALM, 300)] * 12)
    assert [stage for stage, _ in found] == [2, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert {cause for _, cause in found} == {None, Cause.CALM}
    # A flicker of pressure begins the calm anew.
    assert run(up, (CALM, 300), (CALM, 300), (BETWEEN, 60), (CALM, 300), (CALM, 800))[-1][0] == 2


def test_a_few_late_cases_need_people_and_no_breaker() -> None:
    few = LaneReading("P1", 3, 14_400.0, 100.0, 0.0)
    assert run(State(0, NOW), *[(few, 60)] * 20)[-1] == (0, None)
    assert run(State(1, NOW), *[(few, 600)] * 20)[-1][0] == 0


def test_lanes_that_the_policy_does_not_watch_trip_nothing() -> None:
    late = LaneReading("P4", 9_000, 604_800.0, None, 0.0)
    assert run(State(0, NOW), *[(late, 60)] * 20)[-1] == (0, None)


@given(history, st.integers(0, 9))
def test_it_moves_one_stage_at_a_time_does_only_its_measures_and_always_leaves(
    seen: list[tuple[list[LaneReading], int]], start: int
) -> None:
    state, now = State(start, NOW), NOW
    for found, seconds in seen:
        now += timedelta(seconds=seconds)
        before = min(state.stage, len(POLICY.stages))
        move = step(POLICY, state, found, now)
        state = move.state
        assert abs(state.stage - before) == int(move.cause is not None)
        assert 0 <= state.stage <= len(POLICY.stages)
        # Severity: what is in force grows with the stage, and nothing but a measure ever is.
        measures = [POLICY.measures_at(stage) for stage in range(len(POLICY.stages) + 1)]
        assert all(one <= other for one, other in itertools.pairwise(measures))
        assert measures[state.stage] <= set(Measure)
        if move.cause in (Cause.FORECAST, Cause.BROKEN):
            assert any(one.lane in POLICY.lanes and one.breach_in_seconds is not None for one in found)
    for _ in range(len(POLICY.stages) + 1):
        now += timedelta(seconds=POLICY.calm_seconds)
        state = step(POLICY, state, [CALM], now).state
    assert state.stage == 0
    assert POLICY.measures_at(state.stage) == frozenset()


def test_no_measure_takes_away_what_was_published() -> None:
    assert {one.value for one in Measure} == {
        "tighter_limits", "hold_first_posts", "slow_spread", "read_only_new",
    }  # fmt: skip


def test_a_pause_keeps_it_from_moving_until_it_ends() -> None:
    paused = State(0, NOW, paused_until=NOW + timedelta(hours=1))
    assert step(POLICY, paused, [BROKEN], NOW + timedelta(minutes=59)).state.stage == 0
    assert step(POLICY, paused, [BROKEN], NOW + timedelta(minutes=61)).state.stage == 1


@pytest.mark.parametrize(
    ("age_days", "posts", "kinds", "waits"),
    [
        (1, 0, {"link"}, True),
        (1, 0, set(), False),
        (1, 500, {"media"}, True),
        (900, 1, {"mention"}, True),
        (900, 500, {"link", "media"}, False),
        (1, 0, {"reply"}, False),
    ],
)
def test_first_posts_of_risky_kinds_wait(age_days: float, posts: int, kinds: set[str], waits: bool) -> None:
    assert must_wait(POLICY, PostTraits(age_days, posts, frozenset(kinds))) is waits


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = ", "Invalid value"),
        ("version = 1\nlanes = ['P1']\nstages = []", "there must be stages"),
        (
            (
                "version = 1\nlanes = ['P1']\n[[stages]]\nname = 'a'\nmeasures = ['delete_everything']\n"
                "title = {en='x'}\nsays = {en='y'}"
            ),
            "delete_everything",
        ),
        (
            (
                "version = 1\nlanes = ['P1']\n[[stages]]\nname = 'a'\nmeasures = ['read_only_new', 'tighter_limits']\n"
                "title = {en='x'}\nsays = {en='y'}"
            ),
            "from the mildest to the strictest",
        ),
        (
            "version = 1\nlanes = ['P9']\n[[stages]]\nname = 'a'\nmeasures = []\ntitle = {en='x'}\nsays = {en='y'}",
            "lanes are P0 to P4",
        ),
    ],
)
def test_a_file_of_stages_that_does_not_fit_together_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(StagesNotUsable, match=says):
        read_stages(text)
