"""Use cases for who may: clocks of a notice start, stand, go on, get more time, are met. Each returns the clock as it is now.

The caller has locked the notice, checked the permission, and tells the timeline and the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.deadlines import Basis, Extension, MetBy, Pause, Presets, Purpose, Span, extended, paused
from . import store
from .errors import ClockNotChangeable
from .model import Moments, NoticeClock, calendar_for, clock_of, fresh, reckoned
from .queries import lock_clock, lock_clocks


def plan_clocks(
    notice_id: int, presets: Presets, preset: str, *, jurisdiction: str, moments: Moments, stated_at: Instant | None,
    only: Collection[str] = (), now: Instant,
) -> list[NoticeClock]:  # fmt: skip
    """The clocks that a preset says. `only`: those of these names. Raises PresetNotKnown, ClockNotUsable."""
    of = presets.named(preset)
    calendar = calendar_for(presets, of, jurisdiction)
    return [
        fresh(
            new_id(now), notice_id, one, calendar, moments, stated_at=stated_at, warn_percent=presets.warn_percent, now=now
        )
        for one in of.clock
        if not only or one.name in only
    ]  # fmt: skip


async def add_clocks(tx: Tx, clocks: Sequence[NoticeClock]) -> None:
    """Store clocks that were planned; their notice is there."""
    await store.insert_clocks(tx, clocks)


async def begin_counting(
    tx: Tx, notice_id: int, basis: Basis, at: Instant, *, now: Instant
) -> list[NoticeClock]:
    """What clocks of this basis count from has happened; those that it starts now."""
    begun = []
    for clock in await lock_clocks(tx, notice_id):
        if clock.basis is basis and clock.starts_at is None:
            stated = clock.stated_at if clock.stated_at is None or clock.stated_at > at else None
            begun.append(reckoned(msgspec.structs.replace(clock, starts_at=at, stated_at=stated), now))
            await store.update_clock(tx, begun[-1])
    return begun


async def pause_clock(
    tx: Tx, clock_id: int, *, reason: str, evidence: str, since: Instant, now: Instant
) -> NoticeClock:
    """It stands from a moment on, which may have passed. Raises ClockNotThere, ClockNotChangeable, ClockNotUsable."""
    clock = await _changeable(tx, clock_id)
    if clock.pauses and clock.pauses[-1].to is None:
        raise ClockNotChangeable("This clock is paused already")
    running = clock_of(clock)
    if running is None or since > now:
        raise ClockNotChangeable("A clock is paused while it runs, from now or a moment that has passed")
    after = paused(running, Pause(since, None, reason, evidence))
    return await _kept(tx, msgspec.structs.replace(clock, pauses=list(after.pauses)), now)


async def resume_clock(tx: Tx, clock_id: int, *, at: Instant, now: Instant) -> NoticeClock:
    """It runs on. Raises ClockNotThere, ClockNotChangeable, ClockNotUsable."""
    clock = await _changeable(tx, clock_id)
    if not clock.pauses or clock.pauses[-1].to is not None:
        raise ClockNotChangeable("This clock is not paused")
    if at > now:
        raise ClockNotChangeable("A clock goes on now, or from a moment that has passed")
    ended = replace(clock.pauses[-1], to=at)
    changed = msgspec.structs.replace(clock, pauses=[*clock.pauses[:-1], ended])
    clock_of(changed)  # raises where the times contradict each other
    return await _kept(tx, changed, now)


async def extend_clock(
    tx: Tx, clock_id: int, *, evidence: str, until: Instant | None = None, by: Span | None = None,
    granted_at: Instant | None = None, now: Instant,
) -> NoticeClock:  # fmt: skip
    """More time was given. It hides no breach. Raises ClockNotThere, ClockNotChangeable, ClockNotUsable."""
    clock = await _changeable(tx, clock_id)
    running = clock_of(clock)
    if running is None:
        raise ClockNotChangeable("This clock has not started")
    after = extended(running, Extension(granted_at or now, evidence, until, by))
    return await _kept(tx, msgspec.structs.replace(clock, extensions=list(after.extensions)), now)


async def meet_clocks(
    tx: Tx, notice_id: int, step: MetBy, *, by: int | None, evidence: str, now: Instant
) -> list[NoticeClock]:
    """A step of the notice meets the clocks that wait for it; those that it met."""
    waiting = [one for one in await lock_clocks(tx, notice_id) if one.preset.met_by is step]
    return [
        await _kept(tx, msgspec.structs.replace(one, met_at=now, met_by=by, met_evidence=evidence), now)
        for one in waiting
        if one.met_at is None and one.starts_at is not None
    ]


async def meet_clock(
    tx: Tx, clock_id: int, *, by: int | None, evidence: str, at: Instant, now: Instant
) -> NoticeClock:
    """A person says that what it asks for was done at a moment. Raises ClockNotThere, ClockNotChangeable."""
    clock = await _changeable(tx, clock_id)
    if clock.starts_at is None or not clock.starts_at <= at <= now:
        raise ClockNotChangeable("What a clock asks for is done between its start and now")
    if clock.opens_at is not None and at < clock.opens_at:
        raise ClockNotChangeable(f"This may not be done before {clock.opens_at:%Y-%m-%d %H:%M} UTC")
    return await _kept(tx, msgspec.structs.replace(clock, met_at=at, met_by=by, met_evidence=evidence), now)


async def unmeet_clocks(tx: Tx, notice_id: int, step: MetBy, *, now: Instant) -> list[NoticeClock]:
    """What met them was taken back. One whose time is over stays met: it was, when it mattered."""
    opened = []
    for clock in await lock_clocks(tx, notice_id):
        if clock.preset.met_by is not step or clock.met_at is None:
            continue
        again = reckoned(msgspec.structs.replace(clock, met_at=None, met_by=None, met_evidence=""), now)
        if again.due_at is None or again.due_at > now:
            opened.append(again)
            await store.update_clock(tx, again)
    return opened


async def end_clocks(
    tx: Tx, notice_id: int, *, purposes: Collection[Purpose] = tuple(Purpose), now: Instant
) -> list[NoticeClock]:
    """The notice is of another kind, or there is nothing to do: clocks of these purposes that were not met count no more.

    What was breached stays so.
    """
    ended = [
        one for one in await lock_clocks(tx, notice_id) if one.met_at is None and one.purpose in purposes
    ]
    for clock in ended:
        await store.update_clock(tx, reckoned(msgspec.structs.replace(clock, ended_at=now), now))
    return ended


async def _changeable(tx: Tx, clock_id: int) -> NoticeClock:
    clock = await lock_clock(tx, clock_id)
    if clock.met_at is not None:
        raise ClockNotChangeable("This clock is met already")
    if clock.ended_at is not None:
        raise ClockNotChangeable("This clock counts no more")
    return clock


async def _kept(tx: Tx, clock: NoticeClock, now: Instant) -> NoticeClock:
    found = reckoned(clock, now)
    await store.update_clock(tx, found)
    return found
