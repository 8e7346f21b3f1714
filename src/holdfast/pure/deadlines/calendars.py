"""Business days of a jurisdiction, and where its days begin and end in UTC.

Holidays are those of the library `holidays`, with dates that the operator adds or strikes. A day is local and lasts from
its midnight to the next: 23, 24 or 25 hours, where clocks change. Where midnight does not exist, the day begins with its
first moment; where it comes twice, with the first of the two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from .errors import PresetsNotUsable

_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1990, 2090
"""Years in which clocks can run; what lies outside is a slip of the pen."""
# Longer than any row of days without work that is meant; a calendar with none at all is refused instead of searched.
_CLOSED_DAYS_MAX = 60


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one jurisdiction.

    country, subdivision: ISO 3166 codes. market: a market's calendar in place of a country's (XECB: the days on which
    TARGET is closed). weekend: 1 Monday to 7 Sunday. closed, open: dates that the operator adds to, or strikes from, the
    days without work.
    """

    jurisdiction: str
    zone: str
    country: str = ""
    subdivision: str = ""
    market: str = ""
    weekend: frozenset[int] = frozenset({6, 7})
    closed: frozenset[date] = field(default_factory=frozenset)
    open: frozenset[date] = field(default_factory=frozenset)

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which days begin and end."""
        return ZoneInfo(self.zone)

    def local_date(self, at: datetime) -> date:
        """The day that it is there."""
        return at.astimezone(self.tz).date()

    def begin(self, day: date) -> datetime:
        """The first moment of a day, in UTC."""
        return datetime.combine(day, time(), self.tz).astimezone(UTC)

    def end(self, day: date) -> datetime:
        """The moment after the last of a day, in UTC."""
        return self.begin(day + _DAY)

    def is_business_day(self, day: date) -> bool:
        """Whether it is neither weekend nor holiday."""
        if day in self.open:
            return True
        if day.isoweekday() in self.weekend or day in self.closed:
            return False
        return day not in _holidays(self.country, self.subdivision, self.market, day.year)

    def next_business_day(self, day: date) -> date:
        """The first business day after `day`. Raises PresetsNotUsable where there is none for two months."""
        for distance in range(1, _CLOSED_DAYS_MAX + 1):
            if self.is_business_day(day + distance * _DAY):
                return day + distance * _DAY
        raise PresetsNotUsable(
            f"the calendar {self.jurisdiction} has no business day for two months after {day}"
        )


def check_calendar(calendar: Calendar) -> None:
    """Raises PresetsNotUsable for a zone, country, market or weekend that does not exist."""
    name = calendar.jurisdiction
    try:
        ZoneInfo(calendar.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PresetsNotUsable(f"calendar {name}: there is no time zone {calendar.zone}") from None
    if calendar.country and calendar.market:
        raise PresetsNotUsable(f"calendar {name}: give a country or a market, not both")
    if not calendar.weekend <= set(range(1, 8)) or len(calendar.weekend) > 6:
        raise PresetsNotUsable(
            f"calendar {name}: a weekend is made of days from 1 (Monday) to 7, and leaves one over"
        )
    if calendar.closed & calendar.open:
        raise PresetsNotUsable(f"calendar {name}: a date is both closed and open")
    try:
        _holidays(calendar.country, calendar.subdivision, calendar.market, 2026)
    except NotImplementedError:
        raise PresetsNotUsable(
            f"calendar {name}: no holidays are known for {calendar.country or calendar.market} {calendar.subdivision}"
        ) from None


@lru_cache(maxsize=1024)
def _holidays(country: str, subdivision: str, market: str, year: int) -> frozenset[date]:
    # The observed day of a New Year's Day on a Saturday lies in the year before.
    years = (year, year + 1)
    if market:
        found = holidays.financial_holidays(market, years=years, expand=False)
    elif country:
        found = holidays.country_holidays(country, subdivision or None, years=years, expand=False)
    else:
        return frozenset()
    return frozenset(day for day in found if day.year == year)
