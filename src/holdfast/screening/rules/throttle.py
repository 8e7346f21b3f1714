"""Throttles: a rule that counts only when what it matches comes too often.

    throttle = { group = "new-links", by = "author", at_most = 5, per = "1h" }

Rules of one group count together. Windows are fixed: an hour begins at the full hour, a day at midnight UTC.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, Protocol

import msgspec

from holdfast.screening.rules.grammar import ConditionError

MIN_SECONDS: Final = 10
MAX_SECONDS: Final = 7 * 86_400
MAX_AT_MOST: Final = 1_000_000

_SPAN: Final = re.compile(r"([1-9][0-9]{0,5})(s|m|h|d)")
_UNIT_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_GROUP: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


class ThrottleSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `throttle` table of a rule."""

    group: str
    at_most: int
    per: str
    by: Literal["author", "everyone"] = "author"


class Throttle(NamedTuple):
    """A checked throttle: beyond `at_most` matches in `per_seconds` the rules of the group count."""

    group: str
    by: Literal["author", "everyone"]
    at_most: int
    per_seconds: int


class Throttles(Protocol):
    """The port: counters that all processes share, so that screening itself keeps no state."""

    def is_within(self, group: str, key: str, *, at_most: int, per_seconds: int, count: int) -> bool:
        """Add `count` (0 only looks) to this window of the key; True while no more than `at_most` were counted."""


def read_throttle(source: ThrottleSource) -> Throttle:
    """Check the table of a rule. Raises ConditionError."""
    span = _SPAN.fullmatch(source.per)
    seconds = int(span[1]) * _UNIT_SECONDS[span[2]] if span else 0
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise ConditionError(f'throttle: per is a time from "{MIN_SECONDS}s" to "7d", such as "1h"')
    if not _GROUP.fullmatch(source.group):
        raise ConditionError("throttle: group is 1 to 64 of a-z, 0-9, point, dash and underscore")
    if not 0 <= source.at_most <= MAX_AT_MOST:
        raise ConditionError(f"throttle: at_most is 0 to {MAX_AT_MOST:,}")
    return Throttle(source.group, source.by, source.at_most, seconds)
