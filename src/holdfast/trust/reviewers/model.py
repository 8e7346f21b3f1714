"""What one person sees at the desk: how much of what, when a break is due, and what somebody would rather not see. Pure.

Blur and grey are preferences and shown as such: they were not found to protect anybody. What protects is to see less of
it: copies form one case, text comes first, a day has an end, and nobody is asked why they pass something on.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...pure.errors import Invalid

OPT_OUTS_MOST: Final = 50
_CATEGORY_CHARACTERS: Final = 40


class Bounds(msgspec.Struct, frozen=True):
    """How much one person is given; every number is a setting."""

    daily_items: int = 400
    daily_heavy: int = 120
    daily_minutes: int = 300
    break_after_minutes: int = 90
    break_minutes: int = 10
    heavy_categories: frozenset[str] = frozenset()


class Caps(msgspec.Struct, frozen=True):
    """How much less one person is given; None: as the settings have it."""

    daily_items: int | None = None
    daily_heavy: int | None = None
    daily_minutes: int | None = None


class Preferences(msgspec.Struct, frozen=True):
    """How somebody wants to see cases. `opt_outs`: categories that they are not given; they can still be taken by hand."""

    opt_outs: tuple[str, ...] = ()
    blur: bool = True
    greyscale: bool = False
    mute_media: bool = True
    text_first: bool = True


class Day(msgspec.Struct, frozen=True):
    """What somebody saw in a day (UTC)."""

    items: int = 0
    heavy: int = 0
    seconds: float = 0.0


class Shift(msgspec.Struct, frozen=True):
    """A stretch of work. `break_until`: a break that is under way, or was."""

    began_at: Instant
    last_at: Instant
    break_until: Instant | None = None


class Allowance(msgspec.Struct, frozen=True):
    """What somebody may be given now.

    why: break, items, minutes: only threats to life (P0), which are never kept from anybody, until then; heavy: no more of
    heavy categories today; empty: everything.
    """

    why: str = ""
    until: Instant | None = None

    @property
    def urgent_only(self) -> bool:
        """Whether nothing but lane P0 is given."""
        return self.why in ("break", "items", "minutes")


def allowance(bounds: Bounds, day: Day, shift: Shift | None, now: Instant) -> Allowance:
    """What follows from what was seen."""
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    if day.items >= bounds.daily_items:
        return Allowance("items", tomorrow)
    if day.seconds >= bounds.daily_minutes * 60:
        return Allowance("minutes", tomorrow)
    if shift is not None and shift.break_until is not None and shift.break_until > now:
        return Allowance("break", shift.break_until)
    if day.heavy >= bounds.daily_heavy:
        return Allowance("heavy", tomorrow)
    return Allowance()


def gone_on(bounds: Bounds, shift: Shift | None, now: Instant) -> Shift:
    """The shift after a sign of work now. A pause as long as a break is one, whatever it was for."""
    pause = timedelta(minutes=bounds.break_minutes)
    if shift is None or now - shift.last_at >= pause:
        return Shift(now, now)
    if shift.break_until is not None and shift.break_until > now:
        return shift
    if shift.break_until is not None:
        return Shift(now, now)
    after = msgspec.structs.replace(shift, last_at=now)
    if now - shift.began_at >= timedelta(minutes=bounds.break_after_minutes):
        return msgspec.structs.replace(after, break_until=now + pause)
    return after


def checked(preferences: Preferences) -> Preferences:
    """The preferences in their one form. Raises Invalid."""
    named = tuple(dict.fromkeys(one.strip() for one in preferences.opt_outs if one.strip()))
    if len(named) > OPT_OUTS_MOST or any(len(one) > _CATEGORY_CHARACTERS for one in named):
        raise Invalid(f"opt_outs: at most {OPT_OUTS_MOST} categories of {_CATEGORY_CHARACTERS} characters")
    return msgspec.structs.replace(preferences, opt_outs=named)
