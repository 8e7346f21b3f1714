"""Use cases: clocks are watched by the program, and paused, extended and met by people, each with the record that shows it."""

from __future__ import annotations

from typing import Any

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.deadlines import Span
from ...records import ledger
from ..notice_clocks import (
    ClockBreached,
    ClockNotThere,
    ClockWarned,
    NoticeClock,
    extend_clock,
    lock_clock,
    looks_due,
    meet_clock,
    note_look,
    pause_clock,
    resume_clock,
)
from ..notices import Notice, NoticeNotAllowed, add_event, leaf_about, lock_notice, not_ones_own, recount
from ..staff_actions import CLOCK, Staff


async def watch_clocks(tx: Tx, now: Instant) -> None:
    """Note what clocks show by themselves; a periodic action. A breach is recorded, and stays."""
    for noted in await looks_due(tx, now=now):
        notice = await lock_notice(tx, CLOCK, noted.clock.notice_id)
        record_id = None
        if noted.look.breached:
            record_id = await _record(tx, CLOCK, notice, noted.clock, "breached", now)
        clock = await note_look(tx, noted, record_id=record_id, now=now)
        what = "clock.breached" if noted.look.breached else "clock.warned"
        if noted.look.breached or noted.look.percent is not None:
            await add_event(
                tx,
                notice.id,
                what,
                CLOCK,
                now=now,
                record_id=record_id,
                clock=clock.name,
                percent=noted.look.percent,
            )
        await recount(tx, notice.id)
        # What is settled, or closed, needs nobody to be woken: that it was late is on record.
        waits = clock.met_at is None and clock.ended_at is None
        if noted.look.breached:
            tx.emit(ClockBreached(notice.id, clock.id))
        elif noted.look.percent is not None and waits:
            tx.emit(ClockWarned(notice.id, clock.id, noted.look.percent))


async def pause(
    tx: Tx, staff: Staff, notice_id: int, clock_id: int, *, reason: str, evidence: str, since: Instant | None = None,
    now: Instant,
) -> NoticeClock:  # fmt: skip
    """It stands. Raises RoleLacks, NoticeNotThere, ClockNotThere, ClockNotChangeable, ClockNotUsable."""
    notice = await _of(tx, staff, notice_id, clock_id)
    clock = await pause_clock(tx, clock_id, reason=reason, evidence=evidence, since=since or now, now=now)
    return await _changed(tx, staff, notice, clock, "paused", now, reason=reason, evidence=evidence)


async def resume(
    tx: Tx, staff: Staff, notice_id: int, clock_id: int, *, at: Instant | None = None, evidence: str = "", now: Instant
) -> NoticeClock:  # fmt: skip
    """It goes on. Raises as `pause`."""
    notice = await _of(tx, staff, notice_id, clock_id)
    clock = await resume_clock(tx, clock_id, at=at or now, now=now)
    return await _changed(tx, staff, notice, clock, "resumed", now, evidence=evidence)


async def extend(
    tx: Tx, staff: Staff, notice_id: int, clock_id: int, *, evidence: str, until: Instant | None = None,
    by: Span | None = None, now: Instant,
) -> NoticeClock:  # fmt: skip
    """More time was given. Raises as `pause`."""
    notice = await _of(tx, staff, notice_id, clock_id)
    clock = await extend_clock(tx, clock_id, evidence=evidence, until=until, by=by, now=now)
    return await _changed(tx, staff, notice, clock, "extended", now, evidence=evidence)


async def meet(
    tx: Tx, staff: Staff, notice_id: int, clock_id: int, *, evidence: str, at: Instant | None = None, now: Instant
) -> NoticeClock:  # fmt: skip
    """What it asks for was done. Raises as `pause`; NoticeNotAllowed without a record that shows it."""
    notice = await _of(tx, staff, notice_id, clock_id)
    if not evidence.strip():
        raise NoticeNotAllowed("evidence", "must name the record or message that shows it")
    clock = await meet_clock(tx, clock_id, by=staff.account_id, evidence=evidence, at=at or now, now=now)
    return await _changed(tx, staff, notice, clock, "met", now, evidence=evidence)


async def _of(tx: Tx, staff: Staff, notice_id: int, clock_id: int) -> Notice:
    notice = await lock_notice(tx, staff, notice_id)
    not_ones_own(staff, notice)
    if (await lock_clock(tx, clock_id)).notice_id != notice_id:
        raise ClockNotThere
    return notice


async def _changed(
    tx: Tx, staff: Staff, notice: Notice, clock: NoticeClock, state: str, now: Instant, **said: Any
) -> NoticeClock:
    record_id = await _record(tx, staff, notice, clock, state, now, **said)
    await add_event(
        tx, notice.id, f"clock.{state}", staff, now=now, record_id=record_id, clock=clock.name,
        due_at=clock.due_at and clock.due_at.isoformat(), **said,
    )  # fmt: skip
    await recount(tx, notice.id)
    return clock


async def _record(
    tx: Tx, staff: Staff, notice: Notice, clock: NoticeClock, state: str, now: Instant, **said: Any
) -> str:
    public = {
        "clock": clock.name, "state": state, "basis": notice.preset, "bound": clock.bound.value, "lane": notice.lane,
        "role": staff.role, "deadline": clock.due_at and clock.due_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip
    return await ledger.append(tx, leaf_about(notice, ledger.Kind.NOTICE_CLOCK, public, said), now=now)
