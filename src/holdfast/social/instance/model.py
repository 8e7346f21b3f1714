"""The figures that a server publishes of itself."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from ...platform.clock import Instant

ACTIVITY_WEEKS = 12


class Usage(msgspec.Struct, frozen=True):
    """How much this server is used. Active: signed in or used an app within the last 30 or 180 days."""

    users: int
    active_month: int
    active_half_year: int
    posts: int
    domains: int


class Activity(msgspec.Struct, frozen=True):
    """One week (from Monday, UTC). logins: accounts that posted then, or were last seen then."""

    week: date
    posts: int
    logins: int
    registrations: int


def weeks(now: Instant) -> list[date]:
    """The Mondays that the activity tells of, this week's first."""
    monday = now.date() - timedelta(days=now.weekday())
    return [monday - timedelta(weeks=back) for back in range(ACTIVITY_WEEKS)]
