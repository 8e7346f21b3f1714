"""Clocks of notices: when something is due, how much of the time is gone, what state that is. Pure, in UTC.

How time is counted:
- Hours are real hours; clock changes do not touch them.
- Days and months are days of the jurisdiction. The day of the event is not counted. A month that lacks the day ends with its
  last one. What ends at a time of day that does not exist is due when clocks have moved on; of two, the first counts.
- Business days leave out weekends and holidays; the clock stands still on those, and is due at the end of the last one.
- A pause stops the clock, and its time is given back to the microsecond. While one is open, nothing is due.
- An extension by a span is counted on from where the time would end; one until a moment puts that moment in its place, and
  only pauses after it was granted move it. No extension hides that the time had run out before.
- A deadline stated in the notice is a moment, counted in real time.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from .calendars import FIRST_YEAR, LAST_YEAR, Calendar
from .errors import ClockNotUsable
from .intervals import Interval, advance, merged, running
from .presets import AMOUNT_MAX, ClockPreset, Span, Stated, Unit

_NONE: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """From when to when a clock stood, why, and which record shows it. `to` is None while it stands."""

    since: datetime
    to: datetime | None
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Extension:
    """More time: `until` a moment or `by` a span, and which record shows it."""

    granted_at: datetime
    evidence: str
    until: datetime | None = None
    by: Span | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one notice. Times are aware; `stated_at` is the deadline that the notice names."""

    preset: ClockPreset
    calendar: Calendar
    starts_at: datetime
    stated_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    met_at: datetime | None = None

    def __post_init__(self) -> None:
        _check_times(self)
        _check_pauses(self)
        _check_extensions(self)


@dataclass(frozen=True, slots=True)
class _Term:
    """From where to where time is counted without pauses, and whether only business days count or the end moves on."""

    anchor: datetime
    target: datetime
    business: bool
    rolls: bool


def known_at(clock: Clock, now: datetime) -> Clock:
    """The clock as it could be known at a moment: what came later is left out, a pause that ended later is open."""
    return replace(
        clock,
        pauses=tuple(
            replace(one, to=one.to if one.to is not None and one.to <= now else None)
            for one in clock.pauses
            if one.since <= now
        ),
        extensions=tuple(one for one in clock.extensions if one.granted_at <= now),
        met_at=clock.met_at if clock.met_at is not None and clock.met_at <= now else None,
    )


def due_at(clock: Clock) -> datetime | None:
    """When it is due, in UTC; None while a pause is open, and for a clock that only counts up."""
    term = _term(clock)
    return None if term is None else _end(clock, term)


def opens_at(clock: Clock) -> datetime | None:
    """Before this moment nothing may be done; None where that is not limited, or while a pause is open."""
    span = clock.preset.not_before
    if span is None:
        return None
    start = clock.starts_at.astimezone(UTC)
    target = _count(start, span, clock.preset, clock.calendar)
    return _end(clock, _Term(start, target, span.unit is Unit.BUSINESS_DAYS, _rolls(clock.preset, span)))


def running_time(clock: Clock, now: datetime) -> timedelta:
    """How long it has run: without pauses, and for business days without the days that are none."""
    term = _term(clock)
    business = clock.calendar if term is not None and term.business else None
    return running(clock.starts_at.astimezone(UTC), now, _stops(clock), business)


def moment_of_share(clock: Clock, percent: int) -> datetime | None:
    """The first moment at which `percent` of the time is gone; None where that cannot be known."""
    due, term = due_at(clock), _term(clock)
    if due is None or term is None:
        return None
    start, business = clock.starts_at.astimezone(UTC), clock.calendar if term.business else None
    whole = running(start, due, _stops(clock), business)
    share = timedelta(microseconds=-(-(whole // timedelta(microseconds=1)) * percent // 100))
    reached = advance(start, share, _stops(clock), business)
    return due if reached is None else min(reached, due)


def elapsed_share(clock: Clock, now: datetime) -> float | None:
    """The part of the time that is gone, from 0 to 1 and no further; None for a clock that only counts up.

    The whole is the time up to the end that counts, which is the one moved off closed days. While a pause is open, it is
    what it was when the pause began.
    """
    if _term(clock) is None:
        return None
    standing, at = as_it_stood(clock, now)
    term, due = _term(standing), due_at(standing)
    start, business = clock.starts_at.astimezone(UTC), clock.calendar if term and term.business else None
    if due is None or at <= start:
        return 0.0
    whole = running(start, due, _stops(standing), business)
    if at >= due or not whole:
        return 1.0 if at >= due else 0.0
    return running(start, at, _stops(standing), business) / whole


def as_it_stood(clock: Clock, now: datetime) -> tuple[Clock, datetime]:
    """The clock and `now`; while a pause is open: the clock without it, and when it began."""
    if not clock.pauses or clock.pauses[-1].to is not None or clock.pauses[-1].since > now:
        return clock, now
    return replace(clock, pauses=clock.pauses[:-1]), clock.pauses[-1].since


def breached_at(clock: Clock, now: datetime) -> datetime | None:
    """The first moment at which time had run out with nothing done, as the clock was known then; None if never.

    An extension that was granted after that moment does not take it away.
    """
    for granted in sorted(one.granted_at for one in clock.extensions if one.granted_at <= now):
        before = replace(clock, extensions=tuple(one for one in clock.extensions if one.granted_at < granted))
        due = due_at(known_at(before, granted))
        if due is not None and due < granted and (clock.met_at is None or clock.met_at > due):
            return due
    due = due_at(known_at(clock, now))
    if due is None or due > now or (clock.met_at is not None and clock.met_at <= due):
        return None
    return due


def paused(clock: Clock, pause: Pause) -> Clock:
    """With one more pause. Raises ClockNotUsable where the preset allows none, or pauses overlap."""
    return replace(clock, pauses=tuple(sorted((*clock.pauses, pause), key=lambda one: one.since)))


def extended(clock: Clock, extension: Extension) -> Clock:
    """With one more extension. Raises ClockNotUsable for one that would leave less time."""
    before = due_at(clock)
    after = replace(clock, extensions=(*clock.extensions, extension))
    due = due_at(after)
    if _term(clock) is not None and before is not None and due is not None and due <= before:
        raise ClockNotUsable(
            "An extension leaves more time. This one would end before the deadline as it is."
        )
    return after


def _term(clock: Clock) -> _Term | None:
    start = clock.starts_at.astimezone(UTC)
    preset, calendar = clock.preset, clock.calendar
    span = preset.duration
    term: _Term | None = None
    if span is not None:
        target = _count(start, span, preset, calendar)
        term = _Term(start, target, span.unit is Unit.BUSINESS_DAYS, _rolls(preset, span))
    stated = clock.stated_at
    if stated is not None and preset.stated is not Stated.IGNORED:
        earlier = term is None or stated < term.target
        if earlier or preset.stated is Stated.REPLACES:
            term = _Term(start, stated.astimezone(UTC), business=False, rolls=False)
    for one in clock.extensions:
        if one.until is not None:
            granted = max(start, one.granted_at.astimezone(UTC))
            term = _Term(granted, one.until.astimezone(UTC), business=False, rolls=False)
        elif one.by is not None and term is not None:
            only_business = term.business and one.by.unit is Unit.BUSINESS_DAYS
            target = _count(term.target, one.by, preset, calendar, counted_from_end=True)
            term = _Term(term.anchor, target, only_business, _rolls(preset, one.by))
    return term


def _rolls(preset: ClockPreset, span: Span) -> bool:
    return preset.if_closed == "next_business_day" and span.unit in (Unit.DAYS, Unit.MONTHS)


def _count(
    start: datetime, span: Span, preset: ClockPreset, calendar: Calendar, *, counted_from_end: bool = False
) -> datetime:
    """Where a span ends that begins at `start`. `counted_from_end`: the start is an end, whose day was counted already."""
    if span.unit is Unit.HOURS:
        return start + timedelta(hours=span.amount)
    # The end of a day is the first moment of the next, which must not be taken for a day of its own.
    day = calendar.local_date(start - timedelta(microseconds=1) if counted_from_end else start)
    if span.unit is Unit.BUSINESS_DAYS:
        for _ in range(span.amount):
            day = calendar.next_business_day(day)
        return calendar.end(day)
    last = day + timedelta(days=span.amount) if span.unit is Unit.DAYS else _months_later(day, span.amount)
    if preset.ends == "same_time":
        local = start.astimezone(calendar.tz)
        moved = last if local.date() == day else last + timedelta(days=1)
        target = datetime.combine(moved, local.time(), calendar.tz).astimezone(UTC)
    else:
        target = calendar.end(last)
    return _rolled(target, calendar) if _rolls(preset, span) else target


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _rolled(target: datetime, calendar: Calendar) -> datetime:
    day = calendar.local_date(target - timedelta(microseconds=1))
    return target if calendar.is_business_day(day) else calendar.end(calendar.next_business_day(day))


def _end(clock: Clock, term: _Term) -> datetime | None:
    if term.target <= term.anchor:
        return term.target
    stops = _stops(clock)
    business = clock.calendar if term.business else None
    budget = running(term.anchor, term.target, _NONE, business)
    while True:
        due = advance(term.anchor, budget, stops, business)
        if due is None or not term.rolls:
            return due
        rolled = _rolled(due, clock.calendar)
        if rolled == due:
            return due
        # Pauses may lie in the days that it moves over, so the way there is run as all the rest.
        budget += rolled - due


def _stops(clock: Clock) -> tuple[Interval, ...]:
    return merged((one.since.astimezone(UTC), one.to and one.to.astimezone(UTC)) for one in clock.pauses)


def _check_times(clock: Clock) -> None:
    times = [clock.starts_at, clock.stated_at, clock.met_at]
    times += [one.since for one in clock.pauses] + [one.to for one in clock.pauses]
    times += [one.granted_at for one in clock.extensions] + [one.until for one in clock.extensions]
    for one in times:
        if one is None:
            continue
        if one.tzinfo is None:
            raise ClockNotUsable("Times of a clock have a zone.")
        if not FIRST_YEAR <= one.year <= LAST_YEAR:
            raise ClockNotUsable(f"Times of a clock lie between the years {FIRST_YEAR} and {LAST_YEAR}.")
    if clock.stated_at is not None and clock.stated_at <= clock.starts_at:
        raise ClockNotUsable("The deadline that is stated lies before the start. Correct one of them.")


def _check_pauses(clock: Clock) -> None:
    if clock.pauses and not clock.preset.pausable:
        raise ClockNotUsable("This clock cannot be paused.")
    last: datetime | None = clock.starts_at
    for one in clock.pauses:
        if not (one.reason.strip() and one.evidence.strip()):
            raise ClockNotUsable("A pause needs a reason and the record that shows it.")
        if last is None or one.since < last or (one.to is not None and one.to <= one.since):
            raise ClockNotUsable(
                "Pauses lie after the start, one after the other, and only the last may be open."
            )
        last = one.to


def _check_extensions(clock: Clock) -> None:
    for one in clock.extensions:
        if not one.evidence.strip():
            raise ClockNotUsable("An extension needs the record that shows it.")
        if (one.until is None) == (one.by is None):
            raise ClockNotUsable("An extension is until a moment or by a span.")
        if one.until is not None and one.until <= one.granted_at:
            raise ClockNotUsable("An extension ends after it was granted.")
        if one.by is not None and not 1 <= one.by.amount <= AMOUNT_MAX[one.by.unit]:
            raise ClockNotUsable(f"An extension in {one.by.unit} is from 1 to {AMOUNT_MAX[one.by.unit]}.")
    granted = [one.granted_at for one in clock.extensions]
    if granted != sorted(granted):
        raise ClockNotUsable("Extensions stand in the order in which they were granted.")
