"""Clocks of notices against a second, naive reckoning that walks through time in quarters of an hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure.deadlines import (
    LEGAL_REVIEW,
    Basis,
    Bound,
    Calendar,
    Clock,
    ClockNotUsable,
    ClockPreset,
    ClockState,
    Extension,
    Pause,
    PresetsNotUsable,
    Purpose,
    Span,
    Stated,
    Unit,
    breached_at,
    due_at,
    elapsed_share,
    extended,
    moment_of_share,
    opens_at,
    paused,
    read_presets,
    running_time,
    shipped_presets,
    shipped_text,
    state_at,
)
from tests.support.notice_clocks_page import PAGE, table

STEP = timedelta(minutes=15)
ZONES = (
    "UTC", "Europe/Paris", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
    "Africa/Cairo", "America/Havana", "Pacific/Chatham", "Asia/Kolkata", "Atlantic/Azores", "Africa/Casablanca",
)  # fmt: skip
COUNTRIES = ("", "US", "FR", "DE", "GB")


def preset(amount: int, unit: str, **more: object) -> ClockPreset:
    return ClockPreset("act", Basis.RECEIPT, Bound.LAW, Span(amount, Unit(unit)), **more)  # type: ignore[arg-type]


@st.composite
def clocks(draw: st.DrawFn, unit: str | None = None, *, with_pauses: bool = True) -> Clock:
    unit = unit or draw(st.sampled_from(["hours", "days", "business_days", "months"]))
    amount = draw(st.integers(1, {"hours": 100, "days": 8, "business_days": 6, "months": 1}[unit]))
    closing = draw(st.sampled_from(["stays", "next_business_day"])) if unit in ("days", "months") else "stays"
    calendar = Calendar("X", draw(st.sampled_from(ZONES)), country=draw(st.sampled_from(COUNTRIES)))
    quarters = draw(st.integers(0, 4 * 24 * 365 * 4))
    start = datetime(2024, 1, 1, tzinfo=UTC) + quarters * STEP
    pauses, at = [], start
    for _ in range(draw(st.integers(0, 3)) if with_pauses else 0):
        since = at + draw(st.integers(0, 4 * 24 * 4)) * STEP
        at = since + draw(st.integers(1, 4 * 24 * 3)) * STEP
        pauses.append(Pause(since, at, "clarification asked", "message 1"))
    return Clock(preset(amount, unit, if_closed=closing), calendar, start, pauses=tuple(pauses))


class Naive:
    """The same, told another way: local dates of quarters of an hour, one after the other."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.zone = clock, ZoneInfo(clock.calendar.zone)
        self.rolls = clock.preset.if_closed == "next_business_day"
        self.known: dict[date, bool] = {}
        assert clock.preset.duration is not None
        self.unit, self.amount = clock.preset.duration.unit, clock.preset.duration.amount

    def local(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def business(self, day: date) -> bool:
        if day not in self.known:
            country = self.clock.calendar.country
            free = country and day in holidays.country_holidays(country, years=[day.year, day.year + 1])
            self.known[day] = day.weekday() < 5 and not free
        return self.known[day]

    def counts(self, at: datetime) -> bool:
        return self.unit is not Unit.BUSINESS_DAYS or self.business(self.local(at))

    def stands(self, at: datetime) -> bool:
        return any(one.to is not None and one.since <= at < one.to for one in self.clock.pauses)

    def last_day(self) -> date:
        last = self.local(self.clock.starts_at)
        if self.unit is Unit.DAYS:
            last += timedelta(days=self.amount)
        elif self.unit is Unit.MONTHS:
            wanted, months = last.day, self.amount
            while months:
                last += timedelta(days=1)
                months -= last.day == 1
            while last.day < wanted and (last + timedelta(days=1)).day != 1:
                last += timedelta(days=1)
        else:
            left = self.amount
            while left:
                last += timedelta(days=1)
                left -= self.business(last)
        while self.rolls and not self.business(last):
            last += timedelta(days=1)
        return last

    def quarters(self) -> int:
        if self.unit is Unit.HOURS:
            return self.amount * 4
        last, at, found = self.last_day(), self.clock.starts_at, 0
        while self.local(at) <= last:
            found += self.counts(at)
            at += STEP
        return found

    def due(self) -> datetime:
        left, at = self.quarters(), self.clock.starts_at
        while left:
            if not self.stands(at) and self.counts(at):
                left -= 1
            at += STEP
            if not left and self.rolls and not self.business(self.local(at - STEP)):
                # It would end on a day without work, so it runs on to the end of the next one with work.
                ahead = at
                while not self.business(self.local(ahead)):
                    ahead += STEP
                day = self.local(ahead)
                while self.local(ahead) <= day:
                    ahead += STEP
                left = (ahead - at) // STEP
        return at


@settings(max_examples=60, deadline=None)
@given(clocks())
def test_nothing_is_due_earlier_or_later_than_the_preset_says(clock: Clock) -> None:
    assert due_at(clock) == Naive(clock).due()


@settings(max_examples=30, deadline=None)
@given(clocks(), st.integers(0, 4 * 24 * 40), st.integers(1, 4 * 24 * 10))
def test_time_only_goes_forward_and_a_pause_gives_its_time_back(clock: Clock, ahead: int, more: int) -> None:
    now = clock.starts_at + ahead * STEP
    due = due_at(clock)
    assert due is not None
    share, later = elapsed_share(clock, now), elapsed_share(clock, now + more * STEP)
    assert share is not None
    assert later is not None
    assert 0 <= share <= later <= 1
    assert (share == 1) == (now >= due) or (
        share == 1 and running_time(clock, now) == running_time(clock, due)
    )
    moments = [moment_of_share(clock, one) for one in (50, 75, 90)]
    assert [one for one in moments if one is not None] == sorted(one for one in moments if one is not None)
    for percent, at in zip((50, 75, 90), moments, strict=True):
        assert at is not None
        assert clock.starts_at < at <= due
        # Where the end moves off closed days, a pause that is not over may change how long the whole is: see below.
        if clock.preset.if_closed == "stays" or all(
            one.to is not None and one.to < at for one in clock.pauses
        ):
            assert percent in state_at(clock, at).warned
            assert percent not in state_at(clock, at - timedelta(microseconds=1)).warned


@settings(max_examples=60, deadline=None)
@given(clocks(), st.sampled_from((50, 75, 90)), st.integers(0, 3), st.integers(0, 4 * 24 * 12))
def test_a_warning_is_at_its_share_of_the_end_that_counts_moved_or_not(
    clock: Clock, percent: int, ended: int, standing: int
) -> None:
    """As far as it is known: without pauses that are still to come. While one is open, nothing is gone."""
    known = replace(clock, pauses=clock.pauses[:ended])
    due, at = due_at(known), moment_of_share(known, percent)
    assert due is not None
    assert at is not None
    if known.preset.if_closed == "next_business_day":
        assert Naive(known).business(Naive(known).local(due - STEP))
    gone, whole = running_time(known, at), running_time(known, due)
    assert gone * 100 >= whole * percent
    before = at - timedelta(microseconds=1)
    assert running_time(known, before) * 100 < whole * percent
    after = at if not known.pauses else max(at, known.pauses[-1].since, known.pauses[-1].to or at)
    assert percent in state_at(known, after).warned
    if all(one.since < before for one in known.pauses):
        assert percent not in state_at(known, before).warned
    open_pause = replace(
        known, pauses=(*known.pauses, Pause(max(after, known.starts_at), None, "asked", "message 2"))
    )
    then, later = (state_at(open_pause, after + days * STEP) for days in (0, standing))
    assert (then.share, then.warned) == (later.share, later.warned)


@settings(max_examples=30, deadline=None)
@given(clocks("hours", with_pauses=False), st.integers(1, 399), st.integers(1, 400))
def test_a_pause_of_a_clock_in_hours_moves_it_by_its_length_exactly(
    clock: Clock, at: int, length: int
) -> None:
    due = due_at(clock)
    assert due is not None
    since = clock.starts_at + at * STEP
    after = paused(clock, Pause(since, since + length * STEP, "clarification asked", "message 2"))
    assert due_at(after) == (due + length * STEP if since < due else due)
    standing = paused(clock, Pause(since, None, "clarification asked", "message 2"))
    assert due_at(standing) == (None if since < due else due)
    if since < due:
        reading = state_at(standing, since + timedelta(days=400))
        assert reading.state is ClockState.PAUSED
        assert reading.share == elapsed_share(clock, since)


@settings(max_examples=30, deadline=None)
@given(clocks(with_pauses=False), st.integers(-200, 200), st.integers(1, 400))
def test_more_time_given_too_late_does_not_hide_the_breach(clock: Clock, offset: int, more: int) -> None:
    due = due_at(clock)
    assert due is not None
    granted = max(clock.starts_at, due + offset * STEP)
    until = max(due, granted) + more * STEP
    after = extended(clock, Extension(granted, "message 3", until=until))
    assert due_at(after) == until
    assert breached_at(after, until) == (due if granted > due else until)
    assert breached_at(after, until - STEP) == (due if granted > due else None)
    met = replace(after, met_at=until)
    assert (breached_at(met, until) is None) == (granted <= due)
    assert state_at(met, until).state is (ClockState.MET if granted <= due else ClockState.MET_LATE)


NEW_YORK = Calendar("US", "America/New_York", country="US")
BRUSSELS = Calendar("EU", "Europe/Brussels", market="XECB")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        # One hour is an hour, also through the night in which clocks go back.
        (Clock(preset(1, "hours"), BRUSSELS, at("2026-10-25T02:30:00+02:00")), at("2026-10-25T02:30:00+01:00")),
        # Fourteen business days over Thanksgiving, counted by hand.
        (Clock(preset(14, "business_days"), NEW_YORK, at("2026-11-20T10:00:00-05:00")), at("2026-12-12T00:00:00-05:00")),
        (Clock(preset(1, "months"), BRUSSELS, at("2027-01-31T12:00:00+01:00")), at("2027-03-01T00:00:00+01:00")),
        (Clock(preset(1, "months"), BRUSSELS, at("2028-01-31T12:00:00+01:00")), at("2028-03-01T00:00:00+01:00")),
        (Clock(preset(7, "days", ends="same_time"), BRUSSELS, at("2026-10-22T12:00:00+02:00")), at("2026-10-29T12:00:00+01:00")),
        # The time of day does not exist on the last day: when clocks have moved on.
        (Clock(preset(1, "days", ends="same_time"), BRUSSELS, at("2026-03-28T02:30:00+01:00")), at("2026-03-29T03:30:00+02:00")),
        # Christmas 2026 is a Friday, and the Monday after is the next business day.
        (Clock(preset(3, "days", if_closed="next_business_day"), BRUSSELS, at("2026-12-22T12:00:00+01:00")), at("2026-12-29T00:00:00+01:00")),
        # New Year's Day 2022 was a Saturday: the day off in the United States lay in the year before.
        (Clock(preset(1, "business_days"), NEW_YORK, at("2021-12-30T12:00:00-05:00")), at("2022-01-04T00:00:00-05:00")),
        # A day that was skipped is over as soon as it began.
        (Clock(preset(1, "days"), Calendar("WS", "Pacific/Apia"), at("2011-12-29T12:00:00-10:00")), at("2011-12-31T00:00:00+14:00")),
    ],
)  # fmt: skip
def test_known_cases_end_when_a_person_counting_says(clock: Clock, due: datetime) -> None:
    assert due_at(clock) == due


def test_what_may_not_be_done_before_a_day_opens_at_its_end() -> None:
    put_back = shipped_presets().named("us.dmca.counter").clock_named("put_back")
    clock = Clock(put_back, shipped_presets().calendar_of("US"), at("2026-11-20T10:00:00-05:00"))
    assert (opens_at(clock), due_at(clock)) == (
        at("2026-12-08T00:00:00-05:00"),
        at("2026-12-12T00:00:00-05:00"),
    )


def test_a_stated_deadline_replaces_shortens_or_is_ignored_as_the_preset_says() -> None:
    start, earlier, later = at("2026-01-05T00:00:00Z"), at("2026-01-05T02:00:00Z"), at("2026-01-09T00:00:00Z")
    usual = start + timedelta(hours=24)

    def due(stated: Stated, when: datetime) -> datetime | None:
        return due_at(Clock(preset(24, "hours", stated=stated), BRUSSELS, start, stated_at=when))

    assert [due(Stated.REPLACES, one) for one in (earlier, later)] == [earlier, later]
    assert [due(Stated.EARLIER_COUNTS, one) for one in (earlier, later)] == [earlier, usual]
    assert [due(Stated.IGNORED, one) for one in (earlier, later)] == [usual, usual]
    without = ClockPreset("act", Basis.RECEIPT, Bound.LAW, words="without undue delay")
    assert due_at(Clock(without, BRUSSELS, start)) is None
    assert state_at(Clock(without, BRUSSELS, start), later).state is ClockState.OPEN_ENDED
    assert due_at(Clock(without, BRUSSELS, start, stated_at=later)) == later


def test_an_extension_by_days_counts_on_from_the_end() -> None:
    clock = Clock(preset(2, "business_days"), NEW_YORK, at("2026-11-19T10:00:00-05:00"))
    more = extended(
        clock, Extension(at("2026-11-20T10:00:00-05:00"), "message 4", by=Span(3, Unit.BUSINESS_DAYS))
    )
    assert due_at(clock) == at("2026-11-24T00:00:00-05:00")
    assert due_at(more) == at("2026-11-28T00:00:00-05:00")


def test_keeping_ends_without_a_breach() -> None:
    clock = Clock(preset(90, "days", purpose=Purpose.KEEP), NEW_YORK, at("2026-01-01T12:00:00Z"))
    reading = state_at(clock, at("2027-01-01T00:00:00Z"))
    assert (reading.state, reading.breached_at, reading.warned) == (ClockState.OVER, None, (50, 75, 90))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"starts_at": datetime(2026, 1, 1)}, "zone"),
        ({"pauses": (Pause(at("2026-01-06T00:00:00Z"), None, "because", ""),)}, "record"),
        ({"pauses": (Pause(at("2026-01-04T00:00:00Z"), None, "because", "1"),)}, "after the start"),
        ({"pauses": (Pause(at("2026-01-06T00:00:00Z"), None, "a", "1"), Pause(at("2026-01-07T00:00:00Z"), None, "a", "1"))}, "only the last"),
        ({"preset": preset(1, "hours", pausable=False), "pauses": (Pause(at("2026-01-06T00:00:00Z"), None, "a", "1"),)}, "cannot be paused"),
        ({"extensions": (Extension(at("2026-01-06T00:00:00Z"), "1"),)}, "until a moment or by a span"),
        ({"stated_at": at("2026-01-04T00:00:00Z")}, "before the start"),
        ({"met_at": at("2999-01-04T00:00:00Z")}, "years"),
    ],
)  # fmt: skip
def test_times_that_contradict_each_other_are_refused_with_the_reason(
    change: dict[str, object], says: str
) -> None:
    clock = Clock(preset(24, "hours"), BRUSSELS, at("2026-01-05T00:00:00Z"))
    with pytest.raises(ClockNotUsable) as caught:
        replace(clock, **change)  # type: ignore[arg-type]
    assert says in caught.value.public


def test_an_extension_that_leaves_less_time_is_refused() -> None:
    clock = Clock(preset(24, "hours"), BRUSSELS, at("2026-01-05T00:00:00Z"))
    with pytest.raises(ClockNotUsable):
        extended(clock, Extension(clock.starts_at, "message 5", until=clock.starts_at + timedelta(hours=2)))


def test_every_shipped_preset_asks_for_review_and_starts_a_clock() -> None:
    shipped = shipped_presets()
    assert len(shipped.presets) >= 30
    for one in shipped.presets.values():
        assert one.mark == LEGAL_REVIEW
        assert one.source
        for clock in one.clock:
            begun = Clock(clock, shipped.calendar_of(one.jurisdiction), at("2026-12-24T20:00:00Z"))
            assert (due_at(begun) is None) == (clock.duration is None)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('unit = "hours"', 'unit = "weeks"', "weeks"),
        ("amount = 1, ", "amount = 0, ", "from 1 to"),
        ('zone = "America/New_York"', 'zone = "America/Gotham"', "America/Gotham"),
        ('country = "US"', 'country = "ZZ"', "ZZ"),
        ('jurisdiction = "US"\nzone', 'jurisdiction = "EU"\nzone', "same jurisdiction"),
        ('name = "us.dmca.notice"', 'name = "us.tida"', "same name"),
        ("[50, 75, 90]", "[75, 50]", "warn_percent"),
        ("version = 1", "version = 2", "version"),
        ('lane = "P0"', 'lane = "P9"', "lane"),
        ('words = "promptly"', "", "duration"),
    ],
)
def test_a_slip_in_the_file_is_refused_and_named(old: str, new: str, says: str) -> None:
    assert old in shipped_text()
    with pytest.raises(PresetsNotUsable) as caught:
        read_presets(shipped_text().replace(old, new))
    assert says in caught.value.public


def test_dates_of_the_operator_are_added_and_struck() -> None:
    calendar = replace(NEW_YORK, closed=frozenset({date(2026, 6, 1)}), open=frozenset({date(2026, 7, 3)}))
    assert not calendar.is_business_day(date(2026, 6, 1))
    assert calendar.is_business_day(date(2026, 7, 3))
    assert not NEW_YORK.is_business_day(date(2026, 7, 3))


def test_the_page_has_the_table_of_the_shipped_file() -> None:
    assert table(shipped_presets()) in PAGE.read_text("utf-8"), (
        "run: python -m tests.support.notice_clocks_page"
    )
