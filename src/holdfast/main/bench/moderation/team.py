"""The simulated team by the desk's own order: cases, second looks at wide decisions, and what comes of these."""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from holdfast.main.bench.data import Progress
from holdfast.main.bench.moderation.arrival import LOOKS, Work
from holdfast.main.bench.moderation.desk import Desk
from holdfast.main.bench.moderation.model import ModerationOptions, Truth
from holdfast.platform.clock import Instant
from holdfast.platform.db import Tx
from holdfast.trust import cases
from holdfast.trust.decisions import Action, Ruling, decide, get_decision
from holdfast.trust.effects import ActionKind
from holdfast.trust.quality import Judgement, LookKind, Standards, draw_second_looks, give_verdict
from holdfast.trust.staff_actions import Staff

_GRAVEST: Sequence[Truth] = ("threat", "abuse", "spam", "lawful")
_POLICIES = {"threat": "threats", "abuse": "harassment", "spam": "spam"}
_DRAW_EVERY_SECONDS: Final = 60.0


class Team:
    """Who works, what they hold, and how far they came."""

    def __init__(self, desk: Desk, options: ModerationOptions) -> None:
        self.desk, self.options = desk, options
        self.work = Work(desk.flood, options)
        self._chance = random.Random(options.seed + 1)
        self._number_of = {post: number for number, post in enumerate(desk.posts)}
        self._drawn_at = 0.0
        self.deciding_seconds, self.decided = 0.0, 0

    async def all(self, progress: Progress) -> None:
        """Claim, skip, decide, look again, until nothing is left that anybody may take."""
        total = int(
            await self.desk.database.fetchval(
                "select count(*) from cases where closed_at is null and track = 'main'"
            )
        )
        busy: list[tuple[float, int, int]] = [(0.0, one, 0) for one in self.desk.team]
        idle: list[int] = []
        step = max(total // LOOKS, 1)
        while busy:
            at, who, held = heapq.heappop(busy)
            staff = Staff(who, "moderator")
            if held:
                await self._finish(staff, held, at)
                if self.work.decisions % step == 0:
                    self.work.oldest.append((round(at / 3600, 2), await self._oldest(at)))
                if self.work.decisions % 100 == 0:
                    progress("deciding", self.work.decisions, max(total, self.work.decisions + 1))
            if at - self._drawn_at >= _DRAW_EVERY_SECONDS or not busy:
                self._drawn_at = at
                if await self._draw(at):
                    for one in idle:
                        heapq.heappush(busy, (at, one, 0))
                    idle.clear()
            taken = await self._take(staff, at)
            if taken is None:
                idle.append(who)
                continue
            heapq.heappush(busy, (at + self.options.seconds[taken[1]], who, taken[0]))
        progress("deciding", 1, 1)

    def _now(self, at: float) -> Instant:
        return self.desk.at + timedelta(seconds=2 + at)

    async def _take(self, staff: Staff, at: float) -> tuple[int, Truth] | None:
        """The next case, and what it is truly about; now and then one is passed on."""
        async with self.desk.database.transaction() as tx:
            held = await cases.claim_next(tx, staff, now=self._now(at)) or 0
            if held and self._chance.random() < self.options.skips:
                await cases.skip(tx, staff, held, reason="not for me", now=self._now(at))
                held = await cases.claim_next(tx, staff, now=self._now(at)) or 0
            return (held, self._truth(await self._posts(tx, held))) if held else None

    async def _finish(self, staff: Staff, held: int, at: float) -> None:
        async with self.desk.database.transaction() as tx:
            case = await cases.get_case(tx, held)
            posts = await self._posts(tx, held)
            truth = self._truth(posts)
            hides = (truth != "lawful") == (self._chance.random() < self.options.accuracy)
            if case.track == cases.REVIEW:
                await self._look_again(tx, staff, case, truth, hides=hides, at=at)
                return
            began = time.perf_counter()
            await decide(
                tx, staff, held, version=case.version, ruling=_ruling(truth, hides=hides), now=self._now(at)
            )
            self.deciding_seconds += time.perf_counter() - began
            self.decided += 1
        self.work.judged(posts, at, hides=hides)

    async def _look_again(
        self, tx: Tx, staff: Staff, case: cases.Case, truth: Truth, *, hides: bool, at: float
    ) -> None:
        verdict = (
            Judgement("actioned", _POLICIES.get(truth, "harassment"), 3)
            if hides
            else Judgement("no_violation")
        )
        look = await give_verdict(
            tx,
            staff,
            case.id,
            version=case.version,
            verdict=verdict,
            standards=Standards(),
            now=self._now(at),
        )
        self.work.decisions += 1
        self.work.ended = max(self.work.ended, at)
        if look.kind is not LookKind.ADJUDICATION or look.first_decision_id is None:
            return
        decision = await get_decision(tx, look.first_decision_id)
        if decision.undone_at is not None and case.parent_id is not None:
            self.work.taken_back(await self._posts(tx, case.parent_id), at)

    async def _draw(self, at: float) -> int:
        async with self.desk.database.transaction() as tx:
            # Decisions of the last minute wait for the next draw; with nothing else to do the team waits for it.
            now = self._now(at) + timedelta(seconds=_DRAW_EVERY_SECONDS + 1)
            return await draw_second_looks(tx, {}, wide_posts=self.options.wide_posts, now=now)

    async def _posts(self, tx: Tx, case_id: int) -> list[int]:
        return [self._number_of[one.subject.id or 0] for one in await cases.members(tx, case_id)]

    def _truth(self, posts: Sequence[int]) -> Truth:
        """What people see in a case: the gravest that is in it."""
        return min((self.desk.flood.truths[one] for one in posts), key=_GRAVEST.index)

    async def _oldest(self, at: float) -> dict[str, float]:
        """Every case came at the same moment, so the oldest of a lane is as old as the flood, while it has one."""
        rows = await self.desk.database.fetch(
            "select lane, min(opened_at) as since from cases where closed_at is null group by lane order by lane"
        )
        return {row["lane"]: round((self._now(at) - row["since"]).total_seconds() / 3600, 2) for row in rows}


def _ruling(truth: Truth, *, hides: bool) -> Ruling:
    if not hides:
        return Ruling((Action(ActionKind.NO_VIOLATION),))
    policy = _POLICIES.get(truth, "harassment")
    return Ruling((Action(ActionKind.HIDE),), policy, facts="The post breaks this policy.")
