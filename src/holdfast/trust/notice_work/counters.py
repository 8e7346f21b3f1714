"""Use cases: counter-notices (17 U.S.C. 512(g)): filed, forwarded, and after the time of the law what was removed goes back,
unless the sender of the notice says that an action was filed. It goes back by a decision only: that which removed it is taken
back, on record, or, where that was about more than the counter-notice is, a person decides."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row, Tx
from ...platform.ids import new_id
from ...pure.notices import ItemOutcome, NoticeState, Step
from ...records import ledger
from ..decisions import AlreadyUndone, undo
from ..notice_clocks import Moments, add_clocks, clocks_of, meet_clock, plan_clocks, presets_in_force
from ..notice_items import Found, NoticeItem, some_items
from ..notices import (
    Notice,
    NoticeNotAllowed,
    NoticeNotThere,
    add_event,
    leaf_about,
    lock_notice,
    recount,
    take_step,
)
from ..staff_actions import CLOCK, Staff
from .cases import give_cases

PRESET = "us.dmca.counter"
_COLUMNS = """
select id, notice_id, by_account_id, items, text, filed_at, forwarded_at, clock_id, suit_at, suit_evidence, restored_at, record_id
from notice_counters
"""
_OF_NOTICE_SQL = f"{_COLUMNS} where notice_id = $1 order by id"
_ONE_SQL = f"{_COLUMNS} where id = $1"
_LOCK_SQL = f"{_COLUMNS} where id = $1 and notice_id = $2 for update"
_DUE_SQL = """
select k.id from notice_counters k join notice_clocks c on c.id = k.clock_id
where k.restored_at is null and k.suit_at is null and k.forwarded_at is not null and c.met_at is null and c.ended_at is null
  and c.opens_at <= $1 order by k.id limit 20 for update of k skip locked
"""


class Counter(msgspec.Struct, frozen=True):
    """One counter-notice. `restored_at`: when the decision was taken back, or put before a person."""

    id: int
    notice_id: int
    by_account_id: int | None
    items: list[int]
    text: str
    filed_at: Instant
    forwarded_at: Instant | None
    clock_id: int | None
    suit_at: Instant | None
    suit_evidence: str
    restored_at: Instant | None
    record_id: str


async def counters_of(reader: Reader, notice_id: int) -> list[Counter]:
    """Those of a notice, the first first. The caller has read the notice."""
    return [_counter(row) for row in await reader.fetch(_OF_NOTICE_SQL, notice_id)]


async def file_counter(
    tx: Tx, staff: Staff, notice_id: int, numbers: Sequence[int], text: str, *, by_account_id: int | None = None,
    completeness: dict[str, str] | None = None, now: Instant,
) -> Counter:  # fmt: skip
    """The member whose content was removed contests it. Starts the clocks of forwarding and putting back.

    by_account_id: the member, whose every item must be. Raises NoticeNotThere, NoticeNotAllowed, StepNotPossible.
    """
    notice = await lock_notice(tx, staff, notice_id)
    items = await some_items(tx, notice_id, numbers)
    if not items or len(items) < len(set(numbers)):
        raise NoticeNotThere("This notice has no such item")
    if any(one.outcome is not ItemOutcome.ACTIONED for one in items):
        raise NoticeNotAllowed("items", "names one of which nothing was removed")
    if by_account_id is not None and any(one.account_id != by_account_id for one in items):
        raise NoticeNotThere("This notice has no such item")
    missing = [name for name, value in (completeness or {}).items() if value == "missing"]
    if not text.strip() or missing:
        raise NoticeNotAllowed("text", f"lacks what the law asks for: {', '.join(missing) or 'a statement'}")
    public = {"step": "counter_notice", "basis": PRESET, "role": staff.role}
    private = {"text": text[:20_000], "items": list(numbers)}
    record_id = await ledger.append(tx, leaf_about(notice, ledger.Kind.NOTICE_STEP, public, private), now=now)
    presets = await presets_in_force(tx)
    moments = Moments(now, now, now, None)
    clocks = plan_clocks(
        notice_id,
        presets,
        PRESET,
        jurisdiction=presets.named(PRESET).jurisdiction,
        moments=moments,
        stated_at=None,
        now=now,
    )
    await add_clocks(tx, clocks)
    back = next((one for one in clocks if one.name == "put_back"), None)
    counter = Counter(
        new_id(now), notice_id, by_account_id, list(numbers), text[:20_000], now, None, None if back is None else back.id, None, "", None,
        record_id,
    )  # fmt: skip
    await tx.execute(
        "insert into notice_counters (id, notice_id, by_account_id, items, text, completeness, filed_at, clock_id, record_id)"
        " values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9)",
        counter.id, notice_id, by_account_id, list(numbers), counter.text,
        msgspec.json.encode(completeness or {}).decode(), now, counter.clock_id, record_id,
    )  # fmt: skip
    if notice.state in (NoticeState.ANSWERED, NoticeState.CLOSED):
        await take_step(tx, CLOCK, notice_id, Step.COUNTER_NOTICE, evidence=record_id, now=now)
    await add_event(
        tx, notice_id, "counter.filed", staff, now=now, record_id=record_id, counter_id=str(counter.id)
    )
    await recount(tx, notice_id)
    return counter


async def forward_counter(
    tx: Tx, staff: Staff, notice_id: int, counter_id: int, *, evidence: str, now: Instant
) -> Counter:
    """It was sent on to who sent the notice. Raises NoticeNotThere, NoticeNotAllowed."""
    notice, counter = await _of(tx, staff, notice_id, counter_id)
    if counter.forwarded_at is not None or not evidence.strip():
        raise NoticeNotAllowed("evidence", "must name the message with which it was forwarded, once")
    await tx.execute("update notice_counters set forwarded_at = $2 where id = $1", counter_id, now)
    for clock in await clocks_of(tx, [notice_id]):
        if clock.name == "forward" and clock.met_at is None and clock.ended_at is None:
            await meet_clock(tx, clock.id, by=staff.account_id, evidence=evidence, at=now, now=now)
    await add_event(tx, notice.id, "counter.forwarded", staff, now=now, note=evidence)
    await recount(tx, notice_id)
    return (await _of(tx, staff, notice_id, counter_id))[1]


async def note_suit(
    tx: Tx, staff: Staff, notice_id: int, counter_id: int, *, evidence: str, now: Instant
) -> Counter:
    """The sender of the notice filed an action: nothing goes back by itself. Raises NoticeNotThere, NoticeNotAllowed."""
    notice, counter = await _of(tx, staff, notice_id, counter_id)
    if counter.restored_at is not None or not evidence.strip():
        raise NoticeNotAllowed("evidence", "must say what shows it, before anything was put back")
    await tx.execute(
        "update notice_counters set suit_at = $2, suit_evidence = $3 where id = $1",
        counter_id,
        now,
        evidence[:2000],
    )
    await _end(tx, counter, "an action was filed", staff, now)
    public = {"step": "suit_filed", "basis": PRESET, "role": staff.role}
    record_id = await ledger.append(
        tx, leaf_about(notice, ledger.Kind.NOTICE_STEP, public, {"evidence": evidence}), now=now
    )
    await add_event(tx, notice.id, "counter.suit", staff, now=now, note=evidence, record_id=record_id)
    await recount(tx, notice_id)
    return (await _of(tx, staff, notice_id, counter_id))[1]


async def put_back_due(tx: Tx, now: Instant) -> None:
    """Counter-notices whose time has come; a periodic action."""
    for row in await tx.fetch(_DUE_SQL, now):
        counter = _counter_or_none(await tx.fetchrow(_ONE_SQL, row[0]))
        if counter is None:
            continue
        notice = await lock_notice(tx, CLOCK, counter.notice_id)
        items = await some_items(tx, notice.id, counter.items)
        by_itself = await _put_back(tx, notice, items, now)
        await tx.execute("update notice_counters set restored_at = $2 where id = $1", counter.id, now)
        if by_itself:
            await _end(tx, counter, "the decision was taken back", CLOCK, now)
        await add_event(
            tx, notice.id, "counter.put_back" if by_itself else "counter.for_a_person", CLOCK, now=now,
            counter_id=str(counter.id),
        )  # fmt: skip
        await recount(tx, notice.id)


async def _put_back(tx: Tx, notice: Notice, items: Sequence[NoticeItem], now: Instant) -> bool:
    """Whether all went back: a decision that was about other things too is for a person, in a case with the clock's end."""
    named = {(one.found.value, str(one.subject_id)) for one in items}
    left: list[NoticeItem] = []
    for decision_id in sorted({one.decision_id for one in items if one.decision_id is not None}):
        rows = await tx.fetch(
            "select distinct subject_kind, subject_key from effects where decision_id = $1 and aspect <> 'told'",
            decision_id,
        )
        if {(row[0], row[1]) for row in rows} <= named:
            try:
                await undo(
                    tx, CLOCK, decision_id, reason=f"counter-notice to {notice.reference}; no action was filed",
                    cause="counter_notice", now=now,
                )  # fmt: skip
            except AlreadyUndone:
                continue
        else:
            left += [one for one in items if one.decision_id == decision_id]
    left += [one for one in items if one.decision_id is None and one.outcome is ItemOutcome.ACTIONED]
    await give_cases(
        tx, notice, [one for one in left if one.found is not Found.UNRESOLVED], fresh=True, now=now
    )
    return not left


async def _end(tx: Tx, counter: Counter, evidence: str, staff: Staff, now: Instant) -> None:
    for clock in await clocks_of(tx, [counter.notice_id]):
        if clock.id == counter.clock_id and clock.met_at is None and clock.ended_at is None:
            if clock.opens_at is None or clock.opens_at <= now:
                await meet_clock(tx, clock.id, by=staff.account_id, evidence=evidence, at=now, now=now)
            else:
                await tx.execute(
                    "update notice_clocks set ended_at = $2, looks_next_at = null where id = $1",
                    clock.id,
                    now,
                )


async def _of(tx: Tx, staff: Staff, notice_id: int, counter_id: int) -> tuple[Notice, Counter]:
    notice = await lock_notice(tx, staff, notice_id)
    row = await tx.fetchrow(_LOCK_SQL, counter_id, notice_id)
    counter = _counter_or_none(row)
    if counter is None:
        raise NoticeNotThere("This notice has no such counter-notice")
    return notice, counter


def _counter_or_none(row: Row | None) -> Counter | None:
    return None if row is None else _counter(row)


def _counter(row: Row) -> Counter:
    return Counter(**{**dict(row), "items": list(row["items"])})
