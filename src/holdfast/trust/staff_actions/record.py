"""Use cases: an event is added to the log, in the transaction that does what it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...records import ledger
from . import store
from .events import StaffActed
from .leaves import Happened, entry_of
from .model import NO_REASON, NO_VERSIONS, ActorKind, LogActor, Staff, StaffAction, Subject, Versions, Why
from .projection import Applied, Change, Status, change_of, project


async def record_action(
    tx: Tx,
    staff: Staff,
    verb: str,
    subject: Subject,
    *,
    why: Why = NO_REASON,
    now: Instant,
    versions: Versions = NO_VERSIONS,
    case_id: int | None = None,
    decision_id: int | None = None,
    change: Change | None = None,
    record_id: str | None = None,
    **details: Any,
) -> int:
    """Add what somebody of the staff did and return the event's id.

    `verb`: the subject's kind, a dot, and what was done, such as account.suspend. `change`: what it does to the
    subject's status; None: what the verb always does. `record_id`: of a leaf that the caller appended to the ledger
    for it; else one is appended here. `details`: what else a reader needs to understand or to undo it, as JSON values.
    """
    name = None
    if staff.account_id is not None:
        name = await store.pseudonym_of(tx, staff.account_id, "staff")
    actor = LogActor(staff.kind, staff.account_id, staff.role, name)
    return await record_event(
        tx, actor, verb, subject, why=why, now=now, versions=versions, case_id=case_id, decision_id=decision_id,
        change=change, record_id=record_id, **details,
    )  # fmt: skip


async def record_event(
    tx: Tx,
    actor: LogActor,
    verb: str,
    subject: Subject,
    *,
    why: Why = NO_REASON,
    now: Instant,
    versions: Versions = NO_VERSIONS,
    case_id: int | None = None,
    decision_id: int | None = None,
    change: Change | None = None,
    record_id: str | None = None,
    **details: Any,
) -> int:
    """Add an event by anybody: the staff, rules, the model, a reporter, the clock. As `record_action`."""
    ids = await record_events(
        tx, actor, verb, [subject], why=why, now=now, versions=versions, case_id=case_id, decision_id=decision_id,
        change=change, record_id=record_id, **details,
    )  # fmt: skip
    return ids[0]


async def record_events(
    tx: Tx,
    actor: LogActor,
    verb: str,
    subjects: Sequence[Subject],
    *,
    why: Why = NO_REASON,
    now: Instant,
    versions: Versions = NO_VERSIONS,
    case_id: int | None = None,
    decision_id: int | None = None,
    change: Change | None = None,
    record_id: str | None = None,
    **details: Any,
) -> list[int]:
    """Add the same event to each of many different subjects, with as many statements as for one; the events' ids."""
    change = change_of(verb) if change is None else change
    if record_id is None:
        leaf = Happened(actor, verb, tuple(subjects), why, versions, change, details)
        record_id = await ledger.append(tx, entry_of(leaf), now=now)
    before = await store.lock_statuses(tx, subjects, now)
    actions: list[StaffAction] = []
    after: list[tuple[str, str, Status]] = []
    for subject in subjects:
        status = before[subject.kind.value, subject.key]
        event = Applied(status.seq + 1, change, now, actor.name, decision_id)
        actions.append(StaffAction(
            new_id(now), actor.account_id, actor.role, verb, subject, why, details, now, actor.kind, actor.name,
            versions, case_id, decision_id, change, event.seq, status.digest, record_id,
        ))  # fmt: skip
        after.append((subject.kind.value, subject.key, project(status, event)))
    await store.insert_actions(tx, actions)
    await store.save_statuses(tx, after, now)
    if actor.kind in _OF_STAFF:
        for action in actions:
            tx.emit(StaffActed(action.id, verb))
    return [action.id for action in actions]


_OF_STAFF = frozenset({ActorKind.STAFF, ActorKind.OPERATOR, ActorKind.CLOCK})
