"""Use cases: an item gets its outcome, or loses it; a notice without items is settled as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.deadlines import MetBy
from ...pure.notices import ItemOutcome, NoticeState
from ...pure.notices import settle_whole as whole_of
from ...pure.notices import unsettle_item as unsettled
from ...records import ledger
from ..notice_clocks import meet_clocks, unmeet_clocks
from ..notice_items import NoticeItem, Settled, outcomes_of, set_outcomes, some_items
from ..staff_actions import CLOCK, Staff
from . import store
from .errors import NoticeNotAllowed, NoticeNotForYou, NoticeNotThere
from .events import NoticeChangedState, NoticeItemSettled
from .model import SHORT_CHARACTERS, Notice, leaf_about
from .queries import lock_notice, progress_of
from .take_step import not_ones_own, to_review


async def settle_item(
    tx: Tx, staff: Staff, notice_id: int, n: int, outcome: ItemOutcome, *, decision_id: int | None = None,
    reason: str = "", now: Instant,
) -> Notice:  # fmt: skip
    """Give an item its outcome. ACTIONED and REFUSED need a decision, or a reason such as that its author deleted it.

    Raises RoleLacks, NoticeNotThere, NoticeNotForYou, NoticeNotAllowed.
    """
    notice = await lock_notice(tx, staff, notice_id)
    if decision_id is not None:
        await _require_decision(tx, decision_id)
    elif not reason.strip() and outcome is not ItemOutcome.DUPLICATE:
        raise NoticeNotAllowed(
            "reason", "must say why, where no decision does: the sender is told, and it stays on record"
        )
    settled = Settled(n, outcome, decision_id, reason[:SHORT_CHARACTERS])
    return await settle_items(tx, staff, notice, [settled], now=now)


async def unsettle_item(
    tx: Tx, staff: Staff, notice_id: int, n: int, *, reason: str = "", now: Instant
) -> Notice:
    """Take an outcome back, which opens the notice again. Raises RoleLacks, NoticeNotThere, NoticeNotForYou."""
    notice = await lock_notice(tx, staff, notice_id)
    return await settle_items(tx, staff, notice, [Settled(n, None, None, reason[:SHORT_CHARACTERS])], now=now)


async def settle_whole(
    tx: Tx, staff: Staff, notice_id: int, outcome: ItemOutcome, *, reason: str = "", now: Instant
) -> Notice:
    """Give a notice without items its outcome. Raises RoleLacks, NoticeNotThere, StepNotPossible where there are items."""
    notice = await lock_notice(tx, staff, notice_id)
    not_ones_own(staff, notice)
    if not reason.strip():
        raise NoticeNotAllowed("reason", "must say why: it stays on record")
    whole_of(await progress_of(tx, notice), outcome)
    notice = await to_review(tx, staff, notice, now=now)
    public = {"basis": notice.preset, "lane": notice.lane, "outcome": outcome.value, "role": staff.role}
    record_id = await ledger.append(
        tx, leaf_about(notice, ledger.Kind.NOTICE_ITEM, public, {"reason": reason}), now=now
    )
    await store.set_whole(tx, notice.id, outcome)
    await meet_clocks(tx, notice.id, MetBy.DECIDED, by=staff.account_id, evidence=record_id, now=now)
    await store.add_event(
        tx, notice.id, "settled", staff, now=now, note=reason, record_id=record_id, outcome=outcome.value
    )
    await store.recount(tx, notice.id)
    tx.emit(NoticeItemSettled(notice.id, 0, outcome.value))
    return await lock_notice(tx, CLOCK, notice.id)


async def settle_items(
    tx: Tx, staff: Staff, notice: Notice, settled: Sequence[Settled], *,
    records: Mapping[int, str] | None = None, now: Instant,
) -> Notice:  # fmt: skip
    """Give outcomes, or take them back, for items of a notice that is locked; repeats within it follow what they repeat.

    records: of decisions, by id, which the leaves name. Raises NoticeNotThere for an item that is not there,
    NoticeNotForYou where a person settles what is about themselves.
    """
    not_ones_own(staff, notice)
    there = {one.n: one for one in await some_items(tx, notice.id, [one.n for one in settled])}
    for one in settled:
        if one.n not in there:
            raise NoticeNotThere(f"This notice has no item {one.n}")
        if staff.account_id is not None and there[one.n].account_id == staff.account_id:
            raise NoticeNotForYou
    given = [one for one in settled if one.outcome is not None]
    notice = await to_review(tx, staff, notice, now=now) if given else notice
    changes = [*settled, *await _repeats(tx, notice.id, settled)]
    for one in changes:
        await _record(tx, staff, notice, one, there.get(one.n), records=records or {}, now=now)
    await set_outcomes(tx, notice.id, changes, by=staff.account_id, now=now)
    await _follow(tx, staff, notice, changes, now)
    for one in settled:
        tx.emit(NoticeItemSettled(notice.id, one.n, one.outcome.value if one.outcome else ""))
    return await lock_notice(tx, CLOCK, notice.id)


async def _follow(tx: Tx, staff: Staff, notice: Notice, changes: Sequence[Settled], now: Instant) -> None:
    """Clocks, state, timeline."""
    await store.recount(tx, notice.id)
    outcomes = await outcomes_of(tx, notice.id)
    if all(outcome is not None for outcome in outcomes.values()):
        await meet_clocks(
            tx, notice.id, MetBy.DECIDED, by=staff.account_id, evidence="every item has its outcome", now=now
        )
    taken_back = [one for one in changes if one.outcome is None]
    if taken_back:
        await unmeet_clocks(tx, notice.id, MetBy.DECIDED, now=now)
        after = unsettled(await progress_of(tx, notice), taken_back[0].n)
        if after.state is not notice.state:
            await store.set_state(tx, notice.id, after.state, outcome=None, now=now)
            tx.emit(NoticeChangedState(notice.id, NoticeState.IN_REVIEW.value))
    await store.recount(tx, notice.id)
    named = ", ".join(str(one.n) for one in changes[:50]) + (" …" if len(changes) > 50 else "")
    first = changes[0]
    await store.add_event(
        tx, notice.id, "unsettled" if first.outcome is None else "settled", staff, now=now, note=first.reason, items=named,
        outcome=first.outcome and first.outcome.value, decision_id=first.decision_id and str(first.decision_id),
    )  # fmt: skip


async def _repeats(tx: Tx, notice_id: int, settled: Sequence[Settled]) -> list[Settled]:
    """Items that repeat one of these: duplicates of it, from now on or no more."""
    by_n = {one.n: one for one in settled}
    rows = await tx.fetch(
        "select n, duplicate_of from notice_items where notice_id = $1 and duplicate_of = any($2::int[])",
        notice_id, list(by_n),
    )  # fmt: skip
    return [
        Settled(
            row["n"], by_n[row["duplicate_of"]].outcome and ItemOutcome.DUPLICATE, by_n[row["duplicate_of"]].decision_id,
            f"repeats item {row['duplicate_of']}",
        )
        for row in rows
        if row["n"] not in by_n
    ]  # fmt: skip


async def _record(
    tx: Tx, staff: Staff, notice: Notice, one: Settled, item: NoticeItem | None, *, records: Mapping[int, str], now: Instant
) -> None:  # fmt: skip
    public = {
        "basis": notice.preset, "lane": notice.lane, "outcome": one.outcome.value if one.outcome else "open", "item": one.n,
        "role": staff.role,
    }  # fmt: skip
    about = [record for record in (item and item.record_id, records.get(one.decision_id or 0)) if record]
    entry = leaf_about(notice, ledger.Kind.NOTICE_ITEM, public, {"reason": one.reason}, *about)
    await ledger.append(tx, entry, now=now)


async def _require_decision(tx: Tx, decision_id: int) -> None:
    if not await tx.fetchval("select 1 from decisions where id = $1", decision_id):
        raise NoticeNotAllowed("decision_id", "names no decision")
