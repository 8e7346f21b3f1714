"""The simulated team: by the desk's own order, and by arrival, report by report."""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Sequence
from datetime import timedelta

from holdfast.main.bench.data import Progress
from holdfast.main.bench.moderation.desk import Desk
from holdfast.main.bench.moderation.model import Flood, ModerationOptions, Outcome, Truth
from holdfast.trust import cases
from holdfast.trust.decisions import Action, Ruling, decide
from holdfast.trust.effects import ActionKind
from holdfast.trust.staff_actions import Staff

_GRAVEST: Sequence[Truth] = ("threat", "abuse", "spam", "lawful")
_POLICIES = {"threat": "threats", "abuse": "harassment", "spam": "spam"}
_LOOKS = 24


class Work:
    """What the team came to so far."""

    def __init__(self, flood: Flood, options: ModerationOptions, at: float = 0.0) -> None:
        self.flood, self.options = flood, options
        self.acted: dict[int, float] = {}
        self.hidden: dict[int, float] = {}
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

    def outcome(self, urgent: set[int]) -> Outcome:
        """The figures."""
        threats = [post for post, truth in enumerate(self.flood.truths) if truth == "threat"]
        return Outcome(
            decisions=self.decisions, team_seconds=self.ended,
            threat_seconds=[self.acted[post] for post in threats if post in self.acted],
            urgent_seconds=[self.acted[post] for post in sorted(urgent) if post in self.acted],
            hidden_lawful_seconds=[self.ended - at for at in self.hidden.values()], oldest=self.oldest,
        )  # fmt: skip


async def work_by_the_desk(desk: Desk, options: ModerationOptions, progress: Progress) -> tuple[Work, float]:
    """Claim, skip or decide until nothing waits; the work, and the mean milliseconds of a decision in the database."""
    chance, work = random.Random(options.seed + 1), Work(desk.flood, options)
    number_of = {post: number for number, post in enumerate(desk.posts)}
    total = int(
        await desk.database.fetchval("select count(*) from cases where closed_at is null and track = 'main'")
    )
    free: list[tuple[float, int, int]] = [(0.0, one, 0) for one in desk.team]
    spent, step = 0.0, max(total // _LOOKS, 1)
    while free:
        at, who, held = heapq.heappop(free)
        staff, now = Staff(who, "moderator"), desk.at + timedelta(seconds=2 + at)
        if held:
            async with desk.database.transaction() as tx:
                case = await cases.get_case(tx, held)
                posts = [number_of[one.subject.id or 0] for one in await cases.members(tx, held)]
                truth = min((desk.flood.truths[one] for one in posts), key=_GRAVEST.index)
                hides = (truth != "lawful") == (chance.random() < options.accuracy)
                began = time.perf_counter()
                await decide(
                    tx, staff, held, version=case.version, ruling=_ruling(truth, hides=hides), now=now
                )
                spent += time.perf_counter() - began
            work.judged(posts, at, hides=hides)
            if work.decisions % step == 0 or work.decisions == total:
                work.oldest.append((round(at / 3600, 2), await _oldest(desk, at)))
            if work.decisions % 100 == 0:
                progress("deciding", work.decisions, max(total, work.decisions + 1))
        async with desk.database.transaction() as tx:
            held = await cases.claim_next(tx, staff, now=now) or 0
            if held and chance.random() < options.skips:
                await cases.skip(tx, staff, held, reason="not for me", now=now)
                held = await cases.claim_next(tx, staff, now=now) or 0
            if not held:
                continue
            numbers = [number_of[one.subject.id or 0] for one in await cases.members(tx, held)]
        truth = min((desk.flood.truths[one] for one in numbers), key=_GRAVEST.index)
        heapq.heappush(free, (at + options.seconds[truth], who, held))
    progress("deciding", 1, 1)
    return work, spent / max(work.decisions, 1) * 1000


def work_by_arrival(flood: Flood, options: ModerationOptions, lane_of: dict[int, str]) -> Work:
    """First in, first out: one report after the other; a second report of what was decided takes a moment only."""
    chance, work = random.Random(options.seed + 1), Work(flood, options)
    free = [0.0] * options.reviewers
    step = max(len(flood.reports) // _LOOKS, 1)
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


async def _oldest(desk: Desk, at: float) -> dict[str, float]:
    """Every case came at the same moment, so the oldest of a lane is as old as the flood, while it has one."""
    rows = await desk.database.fetch(
        "select lane, min(opened_at) as since from cases where closed_at is null group by lane order by lane"
    )
    return {
        row["lane"]: round((desk.at + timedelta(seconds=2 + at) - row["since"]).total_seconds() / 3600, 2)
        for row in rows
    }


def _ruling(truth: Truth, *, hides: bool) -> Ruling:
    if not hides:
        return Ruling((Action(ActionKind.NO_VIOLATION),))
    policy = _POLICIES.get(truth, "harassment")
    return Ruling((Action(ActionKind.HIDE),), policy, facts="The post breaks this policy.")
