"""Presets of clocks: what starts them, how long they run, how that is counted. Read from a TOML file that operators edit.

Nothing here is legal advice: each shipped preset bears the mark "legal review required" until the operator takes it off.
"""

from __future__ import annotations

import tomllib
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from .calendars import Calendar, check_calendar
from .errors import PresetNotKnown, PresetsNotUsable

LEGAL_REVIEW = "legal review required"
AMOUNT_MAX = {"hours": 8760, "days": 3660, "business_days": 520, "months": 120}
"""The longest span of each unit: about ten years of days, two of business days, one of hours."""


class Unit(StrEnum):
    """How time is counted. Hours are real hours; the rest are days of the jurisdiction."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"


class Basis(StrEnum):
    """Which moment starts the clock."""

    RECEIPT = "receipt"
    VALIDITY = "validity"
    KNOWLEDGE = "knowledge"
    DECISION = "decision"


class Bound(StrEnum):
    """Who says how long: a law, a contract, or the operator."""

    LAW = "law"
    CONTRACT = "contract"
    TARGET = "target"


class Purpose(StrEnum):
    """Something must be done before it runs out, or kept until it does."""

    ACT = "act"
    KEEP = "keep"


class Stated(StrEnum):
    """What a deadline that the notice itself names does to that of the preset."""

    REPLACES = "replaces"
    EARLIER_COUNTS = "earlier_counts"
    IGNORED = "ignored"


class MetBy(StrEnum):
    """What shows that a clock is met: a step of the notice, or only a person who says so, with evidence."""

    HAND = "hand"
    ACKNOWLEDGED = "acknowledged"
    TRIAGED = "triaged"
    DECIDED = "decided"
    ANSWERED = "answered"


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A length of time, such as 14 business days."""

    amount: int
    unit: Unit


class ClockPreset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One clock of a preset.

    duration: absent where the law names no figure; then `words` quotes it and the clock only counts up. ends: for days and
    months, at the end of the last day or at the time of day at which it began; business days end with the last of them.
    if_closed: whether a last day without work moves to the end of the next business day. not_before: what is done may not
    be done before this is over. The day of the event itself is never counted. met_by: what meets it; `decided` is when the
    last item has its outcome.
    """

    name: str
    basis: Basis
    bound: Bound
    duration: Span | None = None
    words: str = ""
    not_before: Span | None = None
    purpose: Purpose = Purpose.ACT
    ends: Literal["end_of_day", "same_time"] = "end_of_day"
    if_closed: Literal["stays", "next_business_day"] = "stays"
    stated: Stated = Stated.EARLIER_COUNTS
    pausable: bool = True
    met_by: MetBy = MetBy.HAND


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of notice: who sends it, what it starts, what it asks for beside its clocks."""

    name: str
    title: str
    trigger: str
    jurisdiction: str
    lane: Literal["P0", "P1", "P2", "P3", "P4"]
    source: str
    mark: str
    clock: tuple[ClockPreset, ...]
    duties: tuple[str, ...] = ()

    def clock_named(self, name: str) -> ClockPreset:
        """Raises PresetNotKnown."""
        for one in self.clock:
            if one.name == name:
                return one
        raise PresetNotKnown(f"The preset {self.name} has no clock {name}.")


class _CalendarEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    jurisdiction: str
    zone: str
    country: str = ""
    subdivision: str = ""
    market: str = ""
    weekend: tuple[int, ...] = (6, 7)
    closed: tuple[date, ...] = ()
    open: tuple[date, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    calendar: tuple[_CalendarEntry, ...]
    preset: tuple[Preset, ...]
    warn_percent: tuple[int, ...] = (50, 75, 90)
    notes: tuple[str, ...] = ()


class Presets(msgspec.Struct, frozen=True):
    """All that a file says: presets by name, calendars by jurisdiction, shares in percent at which a clock warns."""

    presets: dict[str, Preset]
    calendars: dict[str, Calendar]
    warn_percent: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def named(self, name: str) -> Preset:
        """Raises PresetNotKnown."""
        if name not in self.presets:
            raise PresetNotKnown
        return self.presets[name]

    def calendar_of(self, jurisdiction: str) -> Calendar:
        """Raises PresetNotKnown."""
        if jurisdiction not in self.calendars:
            raise PresetNotKnown(f"There is no calendar for {jurisdiction}. Add one to the file of presets.")
        return self.calendars[jurisdiction]


@cache
def shipped_presets() -> Presets:
    """Those that come with the program."""
    return read_presets(shipped_text())


def shipped_text() -> str:
    """The TOML that comes with the program, for an operator to begin with."""
    return files(__package__).joinpath("shipped_presets.toml").read_text("utf-8")


def read_presets(text: str) -> Presets:
    """What a TOML text says. Raises PresetsNotUsable, which names the entry."""
    try:
        read = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PresetsNotUsable(f"the presets of notice clocks: {error}") from None
    calendars = {one.jurisdiction: _calendar(one) for one in read.calendar}
    if len(calendars) < len(read.calendar):
        raise PresetsNotUsable("two calendars have the same jurisdiction")
    for calendar in calendars.values():
        check_calendar(calendar)
    presets = {one.name: one for one in read.preset}
    if len(presets) < len(read.preset):
        raise PresetsNotUsable("two presets have the same name")
    percents = read.warn_percent
    if list(percents) != sorted(set(percents)) or not all(0 < one < 100 for one in percents):
        raise PresetsNotUsable("warn_percent: shares between 1 and 99, each once, the smallest first")
    for preset in presets.values():
        if preset.jurisdiction not in calendars:
            raise PresetsNotUsable(f"preset {preset.name}: there is no calendar {preset.jurisdiction}")
        _check(preset)
    return Presets(presets, calendars, percents, read.notes)


def _calendar(entry: _CalendarEntry) -> Calendar:
    return Calendar(
        entry.jurisdiction,
        entry.zone,
        entry.country,
        entry.subdivision,
        entry.market,
        frozenset(entry.weekend),
        closed=frozenset(entry.closed),
        open=frozenset(entry.open),
    )


def _check(preset: Preset) -> None:
    where = f"preset {preset.name}"
    if not (preset.name and preset.title and preset.source and preset.clock):
        raise PresetsNotUsable(f"{where}: name, title, source and a clock are needed")
    if len({one.name for one in preset.clock}) < len(preset.clock):
        raise PresetsNotUsable(f"{where}: two clocks have the same name")
    for one in preset.clock:
        problem = _problem_of(one)
        if problem:
            raise PresetsNotUsable(f"{where}, clock {one.name}: {problem}")


def _problem_of(clock: ClockPreset) -> str:
    for span in (clock.duration, clock.not_before):
        if span is not None and not 1 <= span.amount <= AMOUNT_MAX[span.unit]:
            return f"an amount of {span.unit} is from 1 to {AMOUNT_MAX[span.unit]}"
    if clock.duration is None and not clock.words:
        return "give a duration, or the words that stand in its place"
    if clock.duration is None and clock.not_before is not None:
        return "not_before needs a duration"
    in_days = clock.duration is not None and clock.duration.unit in (Unit.DAYS, Unit.MONTHS)
    if not in_days and (clock.ends != "end_of_day" or clock.if_closed != "stays"):
        return "ends and if_closed are for days and months"
    if clock.not_before is not None and clock.duration is not None:
        same = clock.not_before.unit == clock.duration.unit
        if not same or clock.not_before.amount > clock.duration.amount:
            return "not_before has the unit of the duration and is not longer"
    return ""
