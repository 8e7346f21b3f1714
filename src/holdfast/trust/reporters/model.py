"""What is known of somebody who reports: how often it was right, as a Beta distribution. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...pure.proportions import wilson_interval

NEUTRAL: Final = 0.5
"""The mean of somebody of whom nothing is known: the even prior Beta(1, 1)."""
ABUSE_LEAST: Final = 20
"""Results before the server mutes anybody by itself."""
ABUSE_SHARE: Final = 0.1
"""It does when the share that was right is surely below this."""
ABUSE_DAYS: Final = 30

_RIGHT: Final = frozenset({"actioned", "withdrawn"})
_WRONG: Final = frozenset({"no_violation", "dismissed", "restored"})


class Record(msgspec.Struct, frozen=True):
    """How many reports were found right and wrong. What is not decided yet, or was taken back, is in neither."""

    rights: int = 0
    wrongs: int = 0

    @property
    def mean(self) -> float:
        """The mean of Beta(1 + rights, 1 + wrongs), 0 to 1: how far the next report is to be believed."""
        return (1 + self.rights) / (2 + self.rights + self.wrongs)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the share that was right; (0, 1) while nothing is known."""
        return wilson_interval(self.rights, self.rights + self.wrongs)


class ReporterRecord(msgspec.Struct, frozen=True):
    """The same with whether this account's reports raise anything."""

    account_id: int
    record: Record
    muted_until: Instant | None = None
    mute_reason: str = ""

    def muted_at(self, now: Instant) -> bool:
        """Whether the reports raise nothing."""
        return self.muted_until is not None and self.muted_until > now


class Handled(msgspec.Struct, frozen=True):
    """A case that a report is part of: its outcome, None while it is open, and whether its decision was taken back."""

    outcome: str | None
    undone: bool = False


def outcome_of(found: Sequence[Handled]) -> bool | None:
    """Whether a report was right; None while nobody can say.

    Right when something of what it names was acted on. Wrong when everything was decided and nothing was. A decision
    that was taken back speaks neither for nor against whoever reported in good faith what a moderator agreed with.
    """
    standing = [one for one in found if not one.undone]
    if any(one.outcome in _RIGHT for one in standing):
        return True
    if standing and len(standing) == len(found) and all(one.outcome in _WRONG for one in standing):
        return False
    return None


def abuses(record: Record) -> bool:
    """Whether somebody reports so much that is wrong that the server mutes them by itself: sure, and of many."""
    return record.rights + record.wrongs >= ABUSE_LEAST and record.interval[1] < ABUSE_SHARE
