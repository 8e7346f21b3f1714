"""Reactions: what is decided about content settles the items that cite it, and what is taken back opens them again.

`payload` is the event as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.notices import NoticeState, Step
from ..appeals import AppealDecided, AppealFiled, get_appeal
from ..cases import CaseClosed, get_case
from ..decisions import DecisionMade, DecisionReversed, StatementHeld, copies_of, get_decision
from ..notice_items import (
    Found,
    NoticeItem,
    Settled,
    items_of_decisions,
    open_items_about,
    open_items_of_case,
)
from ..notices import add_event, lock_notice, settle_items, take_step
from ..staff_actions import CLOCK
from .cases import outcome_of_case


async def settle_notice_items(tx: Tx, payload: bytes, now: Instant) -> None:
    """DecisionMade: items about what it is about, in whichever notice, have their outcome."""
    event = msgspec.json.decode(payload, type=DecisionMade)
    decision = await get_decision(tx, event.decision_id)
    outcome = outcome_of_case(decision.outcome)
    if decision.undone_at is not None or outcome is None:
        return
    items = [] if event.case_id is None else await open_items_of_case(tx, event.case_id)
    if event.case_id is None or not items:
        items = await open_items_about(tx, await _subjects(tx, decision.id))
    records = {decision.id: decision.record_id}
    for notice_id, numbers in _by_notice(items):
        notice = await lock_notice(tx, CLOCK, notice_id)
        settled = [Settled(n, outcome, decision.id, "by decision") for n in numbers]
        await settle_items(tx, CLOCK, notice, settled, records=records, now=now)


async def note_held_statement(tx: Tx, payload: bytes, now: Instant) -> None:
    """StatementHeld: the notice says that a member is not told because of it."""
    event = msgspec.json.decode(payload, type=StatementHeld)
    await add_event(
        tx,
        event.notice_id,
        "statement.held",
        CLOCK,
        now=now,
        record_id=event.record_id,
        decision_id=str(event.decision_id),
    )


async def settle_closed_case(tx: Tx, payload: bytes, now: Instant) -> None:
    """CaseClosed without a decision: a post that was withdrawn outside of the desk is acted on; the rest is for a person."""
    event = msgspec.json.decode(payload, type=CaseClosed)
    if event.decision_id is not None:
        return
    outcome = outcome_of_case((await get_case(tx, event.case_id)).outcome)
    if outcome is None:
        return
    for notice_id, numbers in _by_notice(await open_items_of_case(tx, event.case_id)):
        notice = await lock_notice(tx, CLOCK, notice_id)
        settled = [Settled(n, outcome, None, "withdrawn without the desk") for n in numbers]
        await settle_items(tx, CLOCK, notice, settled, now=now)


async def unsettle_reversed(tx: Tx, payload: bytes, now: Instant) -> None:
    """DecisionReversed: what it settled is open again."""
    event = msgspec.json.decode(payload, type=DecisionReversed)
    items = await items_of_decisions(tx, [event.decision_id, *await copies_of(tx, event.decision_id)])
    for notice_id, numbers in _by_notice(one for one in items if one.outcome and one.duplicate_of is None):
        notice = await lock_notice(tx, CLOCK, notice_id)
        settled = [Settled(n, None, None, "the decision was taken back") for n in numbers]
        await settle_items(tx, CLOCK, notice, settled, now=now)


async def note_appeal(tx: Tx, payload: bytes, now: Instant) -> None:
    """AppealFiled: the notice by which it was decided is appealed, by the member concerned."""
    event = msgspec.json.decode(payload, type=AppealFiled)
    appeal = await get_appeal(tx, event.appeal_id)
    if appeal.decision_id is None:
        return
    for notice_id, numbers in _by_notice(await items_of_decisions(tx, [appeal.decision_id])):
        notice = await lock_notice(tx, CLOCK, notice_id)
        if notice.state in (NoticeState.ANSWERED, NoticeState.CLOSED):
            await take_step(tx, CLOCK, notice_id, Step.APPEAL, evidence=appeal.record_id, now=now)
        await add_event(
            tx, notice_id, "appealed", CLOCK, now=now, record_id=appeal.record_id, by="member",
            items=", ".join(map(str, numbers[:50])),
        )  # fmt: skip


async def note_appeal_decided(tx: Tx, payload: bytes, now: Instant) -> None:
    """AppealDecided: the timeline says what came of it."""
    event = msgspec.json.decode(payload, type=AppealDecided)
    if event.decision_id is None:
        return
    appeal = await get_appeal(tx, event.appeal_id)
    ids = [one for one in (event.decision_id, appeal.new_decision_id) if one is not None]
    for notice_id, _ in _by_notice(await items_of_decisions(tx, ids)):
        await add_event(
            tx,
            notice_id,
            "appeal.decided",
            CLOCK,
            now=now,
            record_id=appeal.decided_record_id,
            outcome=event.outcome,
        )


async def _subjects(tx: Tx, decision_id: int) -> list[tuple[Found, int]]:
    rows = await tx.fetch(
        "select distinct subject_kind, subject_key from effects where decision_id = $1 and subject_kind in ('post', 'account')"
        " and aspect <> 'told'",
        decision_id,
    )
    return [(Found(row[0]), int(row[1])) for row in rows]


def _by_notice(items: Iterable[NoticeItem]) -> list[tuple[int, list[int]]]:
    """Always in one order, so that two decisions never wait crosswise."""
    ordered = sorted(items, key=lambda one: (one.notice_id, one.n))
    return [(key, [one.n for one in group]) for key, group in groupby(ordered, key=lambda one: one.notice_id)]
