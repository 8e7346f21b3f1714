"""The simulated team by arrival, report by report; and what either way of working is counted by."""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence
from typing import Final

from holdfast.main.bench.moderation.model import Flood, ModerationOptions, Outcome

LOOKS: Final = 24
"""How often, over the whole work, it is noted how old the oldest case of each lane is."""


class Work:
    """What the team came to so far."""

    def __init__(self, flood: Flood, options: ModerationOptions, at: float = 0.0) -> None:
        self.flood, self.options = flood, options
        self.acted: dict[int, float] = {}
        self.hidden: dict[int, float] = {}
        self.back: dict[int, float] = {}
        self.decisions, self.ended = 0, at
        self.oldest: list[tuple[float, dict[str, float]]] = []

    def judged(self, posts: Sequence[int], at: float, *, hides: bool) -> None:
        """A decision about these posts."""
        self.decisions += 1
        for post in posts:
            self.acted.setdefault(post, at)
            if hides and self.flood.truths[post] == "lawful":
                self.hidden.setdefault(post, at)
        self.ended = max(self.ended, at)

    def taken_back(self, posts: Sequence[int], at: float) -> None:
        """A second and a third person found that these were hidden wrongly."""
        self.back.update({post: at for post in posts if post in self.hidden})

    def outcome(self, urgent: set[int]) -> Outcome:
        """The figures."""
        threats = [post for post, truth in enumerate(self.flood.truths) if truth == "threat"]
        return Outcome(
            decisions=self.decisions, team_seconds=self.ended,
            threat_seconds=[self.acted[post] for post in threats if post in self.acted],
            urgent_seconds=[self.acted[post] for post in sorted(urgent) if post in self.acted],
            hidden_lawful_seconds=[self.back.get(post, self.ended) - at for post, at in self.hidden.items()],
            returned=len(self.back), oldest=self.oldest,
        )  # fmt: skip


def work_by_arrival(flood: Flood, options: ModerationOptions, lane_of: dict[int, str]) -> Work:
    """First in, first out: one report after the other; a second report of what was decided takes a moment only."""
    chance, work = random.Random(options.seed + 1), Work(flood, options)
    free = [0.0] * options.reviewers
    step = max(len(flood.reports) // LOOKS, 1)
    for done, (_, post) in enumerate(flood.reports, start=1):
        known, truth = post in work.acted, flood.truths[post]
        at = heapq.heappop(free) + (options.known_seconds if known else options.seconds[truth])
        hides = (truth != "lawful") == (chance.random() < options.accuracy)
        work.judged([post], at, hides=hides and not known)
        heapq.heappush(free, at)
        if done % step == 0:
            left = {lane_of.get(one, "P3") for _, one in flood.reports[done:] if one not in work.acted}
            work.oldest.append((round(at / 3600, 2), {lane: round(at / 3600, 2) for lane in sorted(left)}))
    return work
