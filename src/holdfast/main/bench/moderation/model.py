"""What is asked of the rehearsal, what lands, and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Literal

import msgspec

Truth = Literal["threat", "abuse", "spam", "lawful"]


class ModerationOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The size of the flood, and the team: how long decisions take it, and how often it is right.

    seconds: to read and decide a threat, abuse, spam, and what is lawful. known_seconds: first in, first out, for one more
    report of a post that was decided. accuracy: the share of decisions that are right. skips: of cases passed on.
    wide_posts: a decision that hides so many posts is judged by a second person (the setting of the desk).
    """

    reports: int = 26_000
    threats: int = 120
    reviewers: int = 4
    seconds: dict[str, float] = msgspec.field(
        default_factory=lambda: {"threat": 90.0, "abuse": 45.0, "spam": 15.0, "lawful": 30.0}
    )
    known_seconds: float = 5.0
    accuracy: float = 0.95
    skips: float = 0.02
    wide_posts: int = 10
    seed: int = 1


class Flood(msgspec.Struct, frozen=True):
    """What lands. Posts by number: text, truth and author; reports in the order of arrival: reporter and post.

    people: members of a year's standing, numbered first. fresh: accounts made an hour ago, numbered after them.
    """

    texts: Sequence[str]
    truths: Sequence[Truth]
    authors: Sequence[int]
    reports: Sequence[tuple[int, int]]
    people: int
    fresh: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one way of working came to; seconds are of team time since the flood.

    threat_seconds: until each true threat was acted on, rightly or wrongly. urgent_seconds: the same for what stood in
    lane P0. hidden_lawful_seconds: for each lawful post that was wrongly hidden, until a second look gave it back, or else
    until the team was through. returned: how many were given back so.
    oldest: hours since the start, then for each lane the oldest age in hours.
    """

    decisions: int
    team_seconds: float
    threat_seconds: list[float]
    urgent_seconds: list[float]
    hidden_lawful_seconds: list[float]
    returned: int
    oldest: list[tuple[float, dict[str, float]]]


class ModerationReport(msgspec.Struct, frozen=True, kw_only=True):
    """Both ways on the same input. `lanes`: cases; `threat_lanes`: true threats by the lane that they waited in."""

    bench: str
    machine: str
    options: ModerationOptions
    posts: int
    reports: int
    cases: int
    lanes: dict[str, int]
    threat_lanes: dict[str, int]
    screened_hidden_lawful: int
    held_threats: int
    ours: Outcome
    arrival: Outcome
    intake_seconds: float
    decide_ms: float
    posts_deleted: int

    @property
    def decisions_share(self) -> float:
        """Decisions for each report."""
        return self.ours.decisions / max(self.reports, 1)


def middle(values: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return median(values) if values else None


def ratio(ours: float | None, theirs: float | None) -> float | None:
    """How many times sooner."""
    return theirs / ours if ours and theirs else None
