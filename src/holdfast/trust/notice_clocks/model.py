"""A clock of a notice as it is stored and shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...pure.deadlines import (
    Basis,
    Bound,
    Calendar,
    Clock,
    ClockPreset,
    ClockState,
    Extension,
    Pause,
    Preset,
    Presets,
    Purpose,
    Reading,
    state_at,
)

BREACHED: Final = 100
"""Among the shares of which a clock warned: that its end was noted."""


class NoticeClock(msgspec.Struct, frozen=True):
    """One clock. Its preset and calendar are kept as they were when it was made: later presets change no running clock.

    starts_at None: what it counts from has not happened. due_at, opens_at: stored, and the same as `pure/deadlines` says.
    warned: shares in percent at which it warned. breached_at is never taken back. ended_at: it counts no more, because
    the notice turned out to be of another kind.
    """

    id: int
    notice_id: int
    name: str
    preset: ClockPreset
    calendar: Calendar
    starts_at: Instant | None
    stated_at: Instant | None
    due_at: Instant | None
    opens_at: Instant | None
    met_at: Instant | None
    met_by: int | None
    met_evidence: str
    breached_at: Instant | None
    breach_record_id: str | None
    warned: list[int]
    warn_percent: list[int]
    looks_next_at: Instant | None
    ended_at: Instant | None
    pauses: list[Pause]
    extensions: list[Extension]

    @property
    def basis(self) -> Basis:
        """Which moment starts it."""
        return self.preset.basis

    @property
    def bound(self) -> Bound:
        """Who says how long."""
        return self.preset.bound

    @property
    def purpose(self) -> Purpose:
        """To act, or to keep."""
        return self.preset.purpose


class ClockView(msgspec.Struct, frozen=True):
    """A clock and what it shows at a moment. state None: it has not started, or has ended."""

    clock: NoticeClock
    state: ClockState | None
    due_at: Instant | None
    left_seconds: float | None
    share: float | None


class Look(msgspec.Struct, frozen=True):
    """What a clock shows that was not noted yet. percent: the highest new share, None for none. breached: its end came."""

    reading: Reading
    warned: tuple[int, ...]
    percent: int | None
    breached: bool


def clock_of(clock: NoticeClock) -> Clock | None:
    """As `pure/deadlines` reckons with it; None while it has not started."""
    if clock.starts_at is None:
        return None
    return Clock(
        clock.preset, clock.calendar, clock.starts_at, clock.stated_at, tuple(clock.pauses), tuple(clock.extensions),
        clock.met_at,
    )  # fmt: skip


def read(clock: NoticeClock, now: Instant) -> Reading | None:
    """What it shows, or showed when it ended; None while it has not started."""
    running = clock_of(clock)
    if running is None:
        return None
    at = now if clock.ended_at is None else min(now, clock.ended_at)
    return state_at(running, at, warn_percent=tuple(clock.warn_percent))


def look(clock: NoticeClock, now: Instant) -> Look | None:
    """What is new since it was last looked at; None for nothing. Several shares missed are one warning.

    Also what happened before it was met, or ended, is noted: nothing makes a breach unseen.
    """
    reading = read(clock, now)
    if reading is None:
        return None
    acts, waits = clock.preset.purpose is Purpose.ACT, clock.met_at is None and clock.ended_at is None
    fresh = tuple(one for one in reading.warned if one not in clock.warned) if waits else ()
    late = reading.state in (ClockState.BREACHED, ClockState.MET_LATE)
    breached = acts and late and BREACHED not in clock.warned
    if not fresh and not breached:
        return None
    warned = tuple(sorted({*clock.warned, *fresh, *((BREACHED,) if breached else ())}))
    # A time of keeping that ends is no alarm.
    percent = max(fresh) if fresh and acts and not breached else None
    return Look(reading, warned, percent, breached)


def reckoned(clock: NoticeClock, now: Instant) -> NoticeClock:
    """With what is stored so that it can be asked for: when it is due, when it opens, when to look again.

    After more time was given, or a pause moved the end, shares that are not reached any more warn again.
    """
    reading = read(clock, now)
    if reading is None:
        return msgspec.structs.replace(clock, due_at=None, opens_at=None, looks_next_at=None)
    late = reading.state in (ClockState.BREACHED, ClockState.MET_LATE)
    reached = {*reading.warned, *((BREACHED,) if late else ())}
    clock = msgspec.structs.replace(clock, warned=[one for one in clock.warned if one in reached])
    waits = clock.met_at is None and clock.ended_at is None
    next_at = reading.looks_next_at if waits else None
    if look(clock, now) is not None:
        next_at = now
    return msgspec.structs.replace(
        clock, due_at=reading.due_at, opens_at=reading.opens_at, looks_next_at=next_at
    )


def view(clock: NoticeClock, now: Instant) -> ClockView:
    """As it is shown."""
    reading = read(clock, now)
    if reading is None or clock.ended_at is not None:
        return ClockView(clock, None, None, None, None)
    left = None if reading.left is None else reading.left / timedelta(seconds=1)
    return ClockView(clock, reading.state, reading.due_at, left, reading.share)


class Moments(msgspec.Struct, frozen=True):
    """What clocks count from, as far as it has happened."""

    received_at: Instant
    known_at: Instant
    valid_at: Instant | None
    decided_at: Instant | None

    def of(self, basis: Basis) -> Instant | None:
        """The moment of one basis."""
        by: Mapping[Basis, Instant | None] = {
            Basis.RECEIPT: self.received_at, Basis.KNOWLEDGE: self.known_at, Basis.VALIDITY: self.valid_at,
            Basis.DECISION: self.decided_at,
        }  # fmt: skip
        return by[basis]


def fresh(
    ident: int, notice_id: int, preset: ClockPreset, calendar: Calendar, moments: Moments, *,
    stated_at: Instant | None, warn_percent: tuple[int, ...], now: Instant,
) -> NoticeClock:  # fmt: skip
    """A clock as a preset says. A stated deadline that is not after the start says nothing that can be kept, and is
    counted as the first moment after it: at once."""
    starts_at = moments.of(preset.basis)
    if stated_at is not None and starts_at is not None and stated_at <= starts_at:
        stated_at = starts_at + timedelta(microseconds=1)
    made = NoticeClock(
        ident, notice_id, preset.name, preset, calendar, starts_at, stated_at, None, None, None, None, "", None, None, [],
        list(warn_percent), None, None, [], [],
    )  # fmt: skip
    return reckoned(made, now)


def calendar_for(presets: Presets, preset: Preset, jurisdiction: str) -> Calendar:
    """The days of the place: of the notice, where there is a calendar for it, else of the preset."""
    return presets.calendars.get(jurisdiction) or presets.calendar_of(preset.jurisdiction)
