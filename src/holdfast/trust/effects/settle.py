"""Use cases: effects of a decision are done, taken back when it is undone, and end when their time comes.

Each works on a bounded number in one transaction: what was done and what is left commit together, so a crash between
two of them loses nothing and does nothing twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ..staff_actions import (
    CLOCK,
    Change,
    LogActor,
    Subject,
    Why,
    pseudonym_of,
    record_events,
)
from ..staff_actions import SubjectKind as LoggedKind
from . import store
from .aspects import Wanted, change_of, current_value, set_value, verb_of
from .model import TOLD, By, Effect, EffectState, SubjectKind, value_of

Tell = Callable[[Tx, Effect, Instant], Awaitable[None]]
"""Tells the member of the effect's account what was decided, or that it was taken back."""

_ENDED_AT_ONCE = 200


class _Log:
    """What changed, to be written down together: the same for many subjects costs as much as for one."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, bytes], tuple[Change, list[Subject]]] = {}

    async def add(self, tx: Tx, wanted: Wanted, account_id: int | None) -> None:
        change = await change_of(tx, wanted)
        key = (verb_of(wanted), msgspec.json.encode(change))
        self._groups.setdefault(key, (change, []))[1].append(_logged(wanted, account_id))

    async def write(self, tx: Tx, by: By, now: Instant) -> None:
        staff = by.staff
        name = None if staff.account_id is None else await pseudonym_of(tx, staff.account_id, "staff")
        actor = LogActor(staff.kind, staff.account_id, staff.role, name)
        for (verb, _), (change, subjects) in self._groups.items():
            await record_events(
                tx, actor, verb, list(dict.fromkeys(subjects)), why=Why(by.reason), now=now, versions=by.versions,
                case_id=by.case_id, decision_id=by.decision_id, change=change, record_id=by.record_id,
            )  # fmt: skip


def _logged(wanted: Wanted, account_id: int | None) -> Subject:
    if wanted.kind is SubjectKind.POST:
        return Subject.post(int(wanted.key), account_id)
    if wanted.kind is SubjectKind.ACCOUNT:
        return Subject.account(int(wanted.key))
    kind = {
        SubjectKind.SIGN_UP: LoggedKind.SIGN_UP,
        SubjectKind.LINK: LoggedKind.LINK,
        SubjectKind.IMAGE: LoggedKind.MEDIA,
    }[wanted.kind]
    return Subject(kind, name=wanted.key)


async def apply_effects(tx: Tx, by: By, *, most: int, tell: Tell, now: Instant) -> int:
    """Do what a decision still has to do, at most so much; how much of it was done, less than `most` when all is."""
    waiting = await store.lock_waiting(tx, by.decision_id, most)
    log = _Log()
    for effect in waiting:
        if effect.aspect == TOLD:
            await tell(tx, effect, now)
            await store.set_effect(tx, effect.id, EffectState.IN_FORCE, now=now)
        else:
            await _apply(tx, effect, log, now)
    await log.write(tx, by, now)
    return len(waiting)


async def take_back_effects(
    tx: Tx, by: By, decision_ids: Sequence[int], *, most: int, tell: Tell, now: Instant
) -> int:
    """Take back what decisions did, the last first; how much, less than `most` when nothing is left."""
    found = await store.lock_in_force(tx, decision_ids, most)
    log = _Log()
    for effect in found:
        if effect.aspect == TOLD:
            if effect.state is EffectState.IN_FORCE:
                await tell(tx, effect, now)
            await store.set_effect(tx, effect.id, EffectState.TAKEN_BACK, now=now)
        else:
            await _take_back(tx, effect, EffectState.TAKEN_BACK, log, now)
    await log.write(tx, by, now)
    return len(found)


async def end_effects(tx: Tx, now: Instant) -> None:
    """What was set with an end that has come is over; a periodic action of the workers."""
    by_decision: dict[int, list[Effect]] = {}
    for effect in await store.lock_ended(tx, now, _ENDED_AT_ONCE):
        by_decision.setdefault(effect.decision_id, []).append(effect)
    for decision_id, effects in by_decision.items():
        log = _Log()
        for effect in effects:
            await _take_back(tx, effect, EffectState.OVER, log, now)
        await log.write(tx, By(CLOCK, decision_id, reason="its time is over"), now)


async def _apply(tx: Tx, effect: Effect, log: _Log, now: Instant) -> None:
    kind, key, aspect = effect.kind, effect.key, effect.aspect
    current = await current_value(tx, kind, key, aspect)
    if current is None:
        await store.set_effect(tx, effect.id, EffectState.NOTHING, changed=False, now=now)
        return
    baseline, others = await store.in_force_of(tx, kind, key, aspect)
    if not others or baseline is None:
        await store.keep_baseline(tx, kind, key, aspect, current)
        baseline, others = current, []
    elif value_of(baseline, others) != current:
        # Somebody did something else with it meanwhile, not by a decision: that is where an undo leads back to now.
        await store.overtake(tx, [ident for ident, _ in others])
        await store.keep_baseline(tx, kind, key, aspect, current)
        baseline, others = current, []
    after = value_of(baseline, [*others, (effect.id, effect.value)])
    await store.set_effect(tx, effect.id, EffectState.IN_FORCE, changed=after != current, now=now)
    if after != current:
        await _set(tx, effect, after, log, now)


async def _take_back(tx: Tx, effect: Effect, state: EffectState, log: _Log, now: Instant) -> None:
    kind, key, aspect = effect.kind, effect.key, effect.aspect
    current = await current_value(tx, kind, key, aspect)
    await store.set_effect(tx, effect.id, state, now=now)
    if effect.state is EffectState.WAITING or current is None:
        return
    baseline, rest = await store.in_force_of(tx, kind, key, aspect)
    if not rest:
        await store.drop_baseline(tx, kind, key, aspect)
    if baseline is None:
        return
    expected = value_of(baseline, [*rest, (effect.id, effect.value)])
    after = value_of(baseline, rest)
    if current == expected and after != current:
        await _set(tx, effect, after, log, now)


async def _set(tx: Tx, effect: Effect, value: str, log: _Log, now: Instant) -> None:
    until = effect.until if value == effect.value else None
    wanted = Wanted(effect.kind, effect.key, effect.aspect, value, until, effect.decision_id)
    await set_value(tx, wanted, now)
    await log.add(tx, wanted, effect.account_id)
