"""The people at the desk: they look, decide, answer, and are sometimes late or wrong."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from holdfast.pure.notice_answers import AnswerKind
from holdfast.pure.notices import ItemOutcome, NoticeState, Step
from holdfast.trust import cases
from holdfast.trust.answers import Answer, approve_and_send, place_of, prepare
from holdfast.trust.cases import Signal, Source
from holdfast.trust.decisions import Action, Decision, Ruling, decide, get_decision, undo
from holdfast.trust.effects import ActionKind
from holdfast.trust.notices import Found, NoticeItem, NoticeReader, settle_item, settle_whole, take_step
from holdfast.trust.quality import Judgement, Standards, give_verdict
from holdfast.trust.staff_actions import Staff, Subject

from .model import Truth
from .world import World

_POLICIES: Final[Mapping[Truth, str]] = {"threat": "threats", "abuse": "harassment"}
_ACCURACY = 0.97


class Team:
    """Who works, and what is true of each post."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.truths: dict[int, Truth] = {}
        self.decided: list[Decision] = []
        self._chance = random.Random(world.options.seed + 1)
        self._turn = 0
        self._reader = NoticeReader(world.database)
        self._place = place_of(world.settings)

    def somebody(self) -> Staff:
        """The next one whose turn it is."""
        self._turn += 1
        return Staff(self.world.team[self._turn % len(self.world.team)], "moderator")

    async def work(self, most: int) -> int:
        """Take cases from the queue and decide; how many."""
        done = 0
        for _ in range(most):
            staff = self.somebody()
            async with self.world.database.transaction() as tx:
                held = await cases.claim_next(tx, staff, now=self.world.now)
            if not held:
                break
            await self._decide_case(staff, held)
            done += 1
        await self.world.settle()
        return done

    async def _decide_case(self, staff: Staff, case_id: int) -> Decision | None:
        async with self.world.database.transaction() as tx:
            case = await cases.get_case(tx, case_id)
            found = await cases.members(tx, case_id)
            posts = [one.subject.id or 0 for one in found]
            truth: Truth = next((self.truths[one] for one in posts if one in self.truths), "lawful")
            right = self._chance.random() < _ACCURACY
            hides = (truth != "lawful") == right
            if case.track == cases.REVIEW:
                verdict = (
                    Judgement("actioned", _POLICIES.get(truth, "harassment"), 3)
                    if hides
                    else Judgement("no_violation")
                )
                await give_verdict(
                    tx,
                    staff,
                    case_id,
                    version=case.version,
                    verdict=verdict,
                    standards=Standards(),
                    now=self.world.now,
                )
                return None
            made = await decide(
                tx,
                staff,
                case_id,
                version=case.version,
                ruling=_ruling(truth, hides=hides),
                now=self.world.now,
            )
        self.decided.append(made)
        return made

    async def look(self, notice_id: int) -> None:
        """Somebody opens the notice and sorts it."""
        notice = await self._reader.notice(self.somebody(), notice_id)
        async with self.world.database.transaction() as tx:
            for step in {
                NoticeState.ACKNOWLEDGED: (Step.TRIAGE, Step.START_REVIEW),
                NoticeState.TRIAGED: (Step.START_REVIEW,),
            }.get(notice.state, ()):
                await take_step(tx, self.somebody(), notice_id, step, now=self.world.now)
        await self.world.settle()

    async def decide_items(self, notice_id: int) -> None:
        """An outcome for everything that the notice names, each with its own decision where there is something to decide."""
        staff = self.somebody()
        for item in await self._reader.items(staff, notice_id):
            current = [
                one for one in await self._reader.items(staff, notice_id, open_only=True) if one.n == item.n
            ]
            if current:
                await self._settle(current[0])
                self.world.clock.advance(timedelta(minutes=self._chance.randint(1, 4)))
        await self.world.settle()

    async def _settle(self, item: NoticeItem) -> None:
        staff, now = self.somebody(), self.world.now
        if item.duplicate_of is not None:
            async with self.world.database.transaction() as tx:
                await settle_item(tx, staff, item.notice_id, item.n, ItemOutcome.DUPLICATE, now=now)
            return
        if item.found is not Found.POST or item.subject_id is None:
            async with self.world.database.transaction() as tx:
                reason = (
                    "The address leads to nothing on this server, and led to nothing when the notice came."
                )
                await settle_item(
                    tx, staff, item.notice_id, item.n, ItemOutcome.INVALID, reason=reason, now=now
                )
            return
        before = await self._decision_about(item.subject_id)
        if before is None:
            case_id = item.case_id or await self._case_about(item)
            async with self.world.database.transaction() as tx:
                await cases.claim(tx, staff, case_id, now=now)
            before = await self._decide_case(staff, case_id)
            await self.world.settle()
        if before is None or any(
            one.n == item.n and one.outcome for one in await self._reader.items(staff, item.notice_id)
        ):
            return
        outcome = ItemOutcome.ACTIONED if before.outcome == "actioned" else ItemOutcome.REFUSED
        reason = (
            ""
            if outcome is ItemOutcome.ACTIONED
            else "It says what its author thinks of a public matter, and threatens nobody."
        )
        async with self.world.database.transaction() as tx:
            await settle_item(
                tx,
                staff,
                item.notice_id,
                item.n,
                outcome,
                decision_id=before.id,
                reason=reason,
                now=self.world.now,
            )

    async def _decision_about(self, post_id: int) -> Decision | None:
        """Who was decided about before the notice came."""
        found = await self.world.database.fetchval(
            "select d.id from decisions d join cases c on c.id = d.case_id join case_members m on m.case_id = c.id"
            " where m.subject_kind = 'post' and m.subject_key = $1 and d.undone_at is null and c.track = 'main'"
            " order by d.id desc limit 1",
            str(post_id),
        )  # fmt: skip
        return None if found is None else await get_decision(self.world.database, found)

    async def _case_about(self, item: NoticeItem) -> int:
        signal = Signal(
            Source.ADMIN,
            Subject.post(item.subject_id or 0, item.account_id or 0),
            "violation",
            by=self.somebody(),
            fresh=True,
        )
        async with self.world.database.transaction() as tx:
            return await cases.open_or_join(tx, signal, now=self.world.now)

    async def settle_question(self, notice_id: int, reason: str) -> None:
        """A notice that names nothing has an outcome as a whole."""
        async with self.world.database.transaction() as tx:
            staff = self.somebody()
            await settle_whole(tx, staff, notice_id, ItemOutcome.ACTIONED, reason=reason, now=self.world.now)
            await take_step(tx, staff, notice_id, Step.DECIDE, now=self.world.now)
        await self.world.settle()

    async def answer(
        self,
        notice_id: int,
        *,
        kind: AnswerKind | None = None,
        notes: Mapping[str, str] | None = None,
        again: bool = False,
    ) -> Answer:
        """Read what would go out, and send it."""
        staff = self.somebody()
        ready = await prepare(
            self.world.database, staff, notice_id, place=self._place, kind=kind, notes=notes or {}
        )
        async with self.world.database.transaction() as tx:
            made = await approve_and_send(
                tx,
                staff,
                ready,
                digest=ready.draft.digest,
                place=self._place,
                now=self.world.now,
                again=again,
            )
        await self.world.settle()
        return made

    async def close(self, notice_id: int) -> None:
        """Nothing is left to do."""
        async with self.world.database.transaction() as tx:
            await take_step(tx, self.somebody(), notice_id, Step.CLOSE, now=self.world.now)
        await self.world.settle()

    async def take_back_one(self) -> None:
        """A decision of the first weeks is found to be wrong."""
        wrong = next((one for one in self.decided if one.outcome == "actioned" and one.case_id), None)
        if wrong is None:
            return
        self.decided.remove(wrong)
        async with self.world.database.transaction() as tx:
            await undo(
                tx,
                Staff(self.world.admin, "admin"),
                wrong.id,
                reason="It was a quotation.",
                now=self.world.now,
            )
        await self.world.settle()


def _ruling(truth: Truth, *, hides: bool) -> Ruling:
    if not hides:
        return Ruling((Action(ActionKind.NO_VIOLATION),), reason="within the rules")
    policy = _POLICIES.get(truth, "harassment")
    if truth == "threat":
        actions = (
            Action(ActionKind.WITHDRAW),
            Action(
                ActionKind.REFER,
                authority="Police of the town",
                note="A threat of arson with a place and a day.",
            ),
        )
        return Ruling(actions, policy, facts="The post calls for arson, names a place and a day.")
    return Ruling(
        (Action(ActionKind.WITHDRAW), Action(ActionKind.WARN)), policy, facts="The post calls people vermin."
    )
