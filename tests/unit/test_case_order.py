"""The order of cases and the forecast of lanes: more harm never comes later, and promises are counted exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.trust.backlog import Capacity, LaneLoad, burn_rate, forecasts
from holdfast.trust.case_order import NEUTRAL_RECORD, Facts, names_near_time, order, reporters_weight
from holdfast.trust.cases import Signal, Source, lane_of
from holdfast.trust.routing import GENERAL, Queue, Traits, route
from holdfast.trust.staff_actions import Subject

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_share = st.floats(0, 1)
facts = st.builds(
    Facts,
    severity=_share,
    opened_at=st.integers(0, 10**6).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    target_seconds=st.floats(60, 10**6),
    imminent=st.booleans(),
    target=st.none() | st.just("named"),
    reach=st.integers(0, 10**9),
    interactions_hour=st.floats(0, 10**7),
    strikes=st.integers(0, 50),
    reporters=st.lists(_share, max_size=30).map(tuple),
    due_at=st.none() | st.integers(-(10**6), 10**6).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)
_MORE: dict[str, Any] = {
    "severity": 1.0, "imminent": True, "target": "named", "reach": 10**9, "interactions_hour": 1e7, "strikes": 50,
}  # fmt: skip


@given(facts, st.sampled_from(sorted(_MORE)))
def test_more_harm_never_lowers_the_number(one: Facts, name: str) -> None:
    assert (
        order(msgspec.structs.replace(one, **{name: _MORE[name]}), NOW).priority >= order(one, NOW).priority
    )


@given(facts, st.integers(0, 10**6))
def test_waiting_never_lowers_the_number(one: Facts, seconds: int) -> None:
    assert order(one, NOW + timedelta(seconds=seconds)).priority >= order(one, NOW).priority


@given(facts)
def test_the_parts_are_the_whole(one: Facts) -> None:
    found = order(one, NOW)
    assert 0 <= found.priority <= 100
    assert found.priority == pytest.approx(sum(part["points"] for part in found.explain.values()), abs=0.1)


def test_a_brigade_weighs_less_than_one_who_is_mostly_right() -> None:
    assert reporters_weight([0.1] * 500) < reporters_weight([0.9])
    assert reporters_weight([NEUTRAL_RECORD] * 100) < 2 * reporters_weight([NEUTRAL_RECORD])
    assert reporters_weight([0.2] * 500 + [0.9]) < reporters_weight([0.9])
    assert reporters_weight([]) == 0


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("i will be there tonight", True), ("ce soir on y va", True), ("we meet on friday at the hall", True),
        ("er kommt heute", True), ("they did it in 1944", False), ("knowledge is power", False),
    ],
)  # fmt: skip
def test_a_near_time_is_seen(text: str, near: bool) -> None:
    assert names_near_time(text) is near


def test_members_cannot_ask_for_the_first_lane() -> None:
    said = [
        Signal(source=Source.REPORT, subject=Subject.account(1), category=name)
        for name in ("legal", "spam", "x")
    ]
    assert [lane_of(one) for one in said] == ["P2", "P4", "P3"]
    assert lane_of(Signal(source=Source.RULE, subject=Subject.account(1), lane="P0")) == "P0"


HOUR = 3600.0
_loads = st.lists(
    st.builds(LaneLoad, st.just("P0"), st.integers(0, 5000), st.floats(0, 1e6), st.floats(60, 1e6), st.floats(0, 500)),
    min_size=1, max_size=5,
).map(lambda rows: [msgspec.structs.replace(row, lane=f"P{n}") for n, row in enumerate(rows)])  # fmt: skip


@given(_loads, st.floats(0.1, 20))
def test_more_people_never_make_it_late_sooner(loads: list[LaneLoad], people: float) -> None:
    few, many = forecasts(loads, Capacity(people, 60)), forecasts(loads, Capacity(people * 2, 60))
    for load in loads:
        sooner, later = few[load.lane].breach_in_seconds, many[load.lane].breach_in_seconds
        assert later is None or (sooner is not None and sooner <= later + 1e-6)


@given(_loads)
def test_what_is_late_is_late_now_and_nothing_is_late_before_now(loads: list[LaneLoad]) -> None:
    for load in loads:
        breach = forecasts(loads, Capacity(2, 60))[load.lane].breach_in_seconds
        assert breach is None or breach >= 0
        if load.open and load.oldest_seconds >= load.target_seconds:
            assert breach == 0


def test_a_forecast_by_hand() -> None:
    capacity = Capacity(1, 60)  # 60 an hour
    urgent = LaneLoad("P0", 30, 0.0, HOUR, 0.0)
    behind = LaneLoad("P1", 30, 600.0, HOUR, 0.0)
    found = forecasts([urgent, behind], capacity)
    assert found["P0"].wait_seconds == pytest.approx(HOUR / 2)
    assert found["P0"].breach_in_seconds is None
    # Sixty cases take an hour, and the oldest of P1 is ten minutes old: late when it is an hour old.
    assert found["P1"].wait_seconds == pytest.approx(HOUR)
    assert found["P1"].breach_in_seconds == pytest.approx(3000)
    # Twice as many arrive as are decided: one that comes in an hour waits an hour, and is late then.
    growing = forecasts([LaneLoad("P0", 0, 0.0, HOUR, 120.0)], capacity)["P0"]
    assert growing.breach_in_seconds == pytest.approx(2 * HOUR)
    assert forecasts([LaneLoad("P0", 5, 0.0, HOUR, 1.0)], Capacity(0, 60))["P0"].wait_seconds is None


def test_the_budget_burns_at_one_when_one_in_twenty_is_late() -> None:
    assert burn_rate(5, 100) == pytest.approx(1.0)
    assert burn_rate(0, 0) == 0.0
    assert burn_rate(100, 100) == pytest.approx(20.0)


def test_the_first_queue_whose_conditions_all_hold_takes_a_case() -> None:
    queues = [
        Queue("french", "French", 20, languages=["fr"]),
        Queue("threats", "Threats", 10, lanes=["P0", "P1"], policies=["violence"]),
        Queue(GENERAL, "Everything else", 1000),
    ]
    traits = Traits("main", "P1", "rule", "threat", "fr-CA", "violence@3")
    assert route(queues, traits) == "threats"
    assert route(queues, msgspec.structs.replace(traits, policy=None)) == "french"
    assert route(queues, msgspec.structs.replace(traits, policy=None, language=None)) == GENERAL
    assert route([], traits) == GENERAL
