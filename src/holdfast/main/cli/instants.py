"""Points in time as operators type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from holdfast.platform.clock import Instant
from holdfast.pure.errors import Invalid

_AGO = re.compile(r"(\d{1,5})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def instant_of(text: str, option: str, now: Instant) -> Instant:
    """A date, a date with time (UTC unless it says otherwise), or how long ago: 36h, 30d, 8w. Raises Invalid."""
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            f"{option} {text!r} is no time; write 2026-01-31, 2026-01-31T12:00, or how long ago: 36h, 30d, 8w"
        ) from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
