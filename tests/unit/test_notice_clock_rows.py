"""Stored clocks: whenever they are looked at, what is stored is what the preset says, and nothing that happened is missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure.deadlines import Pause, breached_at, due_at, shipped_presets
from holdfast.pure.notices import STEPS
from holdfast.trust.notice_clocks import BREACHED, Moments, NoticeClock, fresh, look, reckoned
from holdfast.trust.notice_clocks.model import clock_of
from holdfast.trust.notices import Step
from holdfast.trust.notices.take_step import MEETS, TO_REVIEW

_WITH_END = [
    (preset, clock)
    for preset in shipped_presets().presets.values()
    for clock in preset.clock
    if clock.duration is not None and clock.basis.value == "receipt"
]
_HOUR = timedelta(hours=1)


@st.composite
def made(draw: st.DrawFn) -> NoticeClock:
    preset, clock = draw(st.sampled_from(_WITH_END))
    start = datetime(2025, 1, 1, tzinfo=UTC) + draw(st.integers(0, 24 * 700)) * _HOUR
    moments = Moments(start, start, start, None)
    calendar = shipped_presets().calendar_of(draw(st.sampled_from([preset.jurisdiction, "US", "FR"])))
    return fresh(1, 1, clock, calendar, moments, stated_at=None, warn_percent=(50, 75, 90), now=start)


def noted(clock: NoticeClock, now: datetime) -> NoticeClock:
    """As `watch_clocks` does."""
    seen = look(clock, now)
    if seen is None:
        return reckoned(clock, now)
    clock = msgspec.structs.replace(clock, warned=list(seen.warned))
    if seen.breached and clock.breached_at is None:
        clock = msgspec.structs.replace(clock, breached_at=seen.reading.breached_at)
    return reckoned(clock, now)


@settings(max_examples=60, deadline=None)
@given(made(), st.lists(st.integers(1, 400), min_size=1, max_size=12), st.data())
def test_looking_only_when_it_says_so_misses_nothing(
    clock: NoticeClock, steps: list[int], data: st.DataObject
) -> None:
    running = clock_of(clock)
    assert running is not None
    assert clock.due_at == due_at(running)
    now, met = clock.starts_at, None
    assert now is not None
    for step in steps:
        now += step * _HOUR
        if clock.looks_next_at is not None and clock.looks_next_at <= now:
            clock = noted(clock, now)
        else:
            # Nothing is new before the moment at which it asked to be looked at.
            assert look(clock, now) is None
        if met is None and data.draw(st.booleans()) and step % 3 == 0:
            met = now
            clock = reckoned(msgspec.structs.replace(clock, met_at=now), now)
    if clock.looks_next_at is not None and clock.looks_next_at <= now:
        clock = noted(clock, now)
    running = clock_of(clock)
    assert running is not None
    acts = clock.preset.purpose.value == "act"
    assert clock.breached_at == (breached_at(running, now) if acts else None)
    assert clock.breached_at is None or clock.breached_at == clock.due_at
    assert (BREACHED in clock.warned) == (clock.breached_at is not None)


@settings(max_examples=40, deadline=None)
@given(made(), st.integers(1, 200), st.integers(1, 200))
def test_a_pause_moves_the_stored_end_and_never_forward(clock: NoticeClock, after: int, length: int) -> None:
    assert clock.starts_at is not None
    since = clock.starts_at + after * timedelta(minutes=7)
    if clock.due_at is None or since >= clock.due_at or not clock.preset.pausable:
        return
    standing = reckoned(
        msgspec.structs.replace(clock, pauses=[Pause(since, None, "asked", "message 1")]), since
    )
    # Only what was reached before it stood is left to be noted.
    assert standing.due_at is None
    assert standing.looks_next_at in (None, since)
    until = since + length * _HOUR
    ended = msgspec.structs.replace(clock, pauses=[Pause(since, until, "asked", "message 1")])
    going = reckoned(ended, until)
    running = clock_of(ended)
    assert running is not None
    assert going.due_at == due_at(running)
    assert going.due_at is not None
    assert going.due_at >= clock.due_at


def test_a_deadline_that_had_passed_when_it_was_stated_is_due_at_once() -> None:
    preset = shipped_presets().named("store.apple")
    start = datetime(2026, 1, 8, 12, tzinfo=UTC)
    clock = fresh(
        1, 1, preset.clock[0], shipped_presets().calendar_of("NONE"), Moments(start, start, start, None),
        stated_at=start - _HOUR, warn_percent=(50, 75, 90), now=start,
    )  # fmt: skip
    assert clock.due_at == start + timedelta(microseconds=1)
    seen = look(clock, start + _HOUR)
    assert seen is not None
    assert seen.breached


def test_the_way_to_the_review_is_one_that_the_table_has() -> None:
    for state, steps in TO_REVIEW.items():
        at = state
        for step in steps:
            at = STEPS[at, step]
        assert at.value == "in_review"
    assert set(MEETS) <= set(Step)
