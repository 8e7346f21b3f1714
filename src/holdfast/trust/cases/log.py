"""What of a case goes into the moderation log and the ledger. Nothing of who reported, but for a pseudonym."""

from __future__ import annotations

from typing import Any

from ...platform.clock import Instant
from ...platform.db import Tx
from ...records import ledger
from ...screening import Lane
from ..staff_actions import (
    ActorKind,
    Change,
    LogActor,
    ReviewState,
    Staff,
    Subject,
    SubjectKind,
    Versions,
    Why,
    pseudonym_of,
    public_of,
    record_action,
    record_event,
)
from .model import FROM_PEOPLE, Signal, Source, key_of

_KINDS = {
    Source.SCREENING: ActorKind.MODEL,
    Source.RULE: ActorKind.RULES,
    Source.REPORT: ActorKind.REPORTER,
    Source.ANONYMOUS: ActorKind.REPORTER,
    Source.PEER: ActorKind.PEER,
    Source.NOTICE: ActorKind.REPORTER,
    Source.ADMIN: ActorKind.STAFF,
    Source.SAMPLE: ActorKind.CLOCK,
    Source.APPEAL: ActorKind.AUTHOR,
    Source.REVIEW: ActorKind.CLOCK,
    Source.COPY: ActorKind.CLOCK,
}

_AUTOMATIC = frozenset({ActorKind.MODEL, ActorKind.RULES, ActorKind.CLOCK})


async def opened(tx: Tx, case_id: int, signal: Signal, lane: Lane, *, now: Instant) -> str:
    """A signal makes a case: its leaf, and the event of the subject. The leaf's id."""
    related = () if signal.record_id is None else ((ledger.Relation.ABOUT, signal.record_id),)
    public = public_of(
        lane=lane, source=signal.source.value, policy=signal.policy, rule=signal.rules[0] if signal.rules else None,
        automation="full" if _KINDS[signal.source] in _AUTOMATIC else "none",
    )  # fmt: skip
    entry = ledger.Entry(
        kind=ledger.Kind.CASE_OPENED, subject=ledger.Subject.case(case_id), public=public,
        private={"subject": " ".join(key_of(signal.subject))}, related=related,
    )  # fmt: skip
    record_id = await ledger.append(tx, entry, now=now)
    people = signal.source in FROM_PEOPLE
    change = Change(review_state=ReviewState.OPEN, lane=lane, report=people)
    await _event(tx, case_id, signal, lane, change=change, record_id=record_id, now=now)
    return record_id


async def joined(tx: Tx, case_id: int, signal: Signal, lane: Lane, *, now: Instant) -> None:
    """A signal joins a case that is there."""
    change = Change(report=signal.source in FROM_PEOPLE)
    await _event(tx, case_id, signal, lane, change=change, record_id=signal.record_id, now=now)


async def _event(
    tx: Tx, case_id: int, signal: Signal, lane: Lane, *, change: Change, record_id: str | None, now: Instant
) -> None:
    verb = f"{signal.subject.kind}.{'reported' if signal.source in FROM_PEOPLE else signal.source.value}"
    await record_event(
        tx, await _actor(tx, signal), verb, signal.subject, why=Why(report_id=signal.report_id), now=now,
        case_id=case_id, change=change, record_id=record_id, versions=_versions(signal), lane=lane,
        category=signal.category, rules=list(signal.rules),
    )  # fmt: skip


async def _actor(tx: Tx, signal: Signal) -> LogActor:
    """Whose event it is: reporters and the staff by their pseudonyms."""
    if signal.by is not None:
        staff = signal.by
        name = None if staff.account_id is None else await pseudonym_of(tx, staff.account_id, "staff")
        return LogActor(staff.kind, staff.account_id, staff.role, name)
    name = None
    if signal.source is Source.REPORT and signal.report_id is not None:
        reporter = await tx.fetchval("select account_id from reports where id = $1", signal.report_id)
        name = None if reporter is None else await pseudonym_of(tx, reporter, "reporter")
    return LogActor(_KINDS[signal.source], name=name)


def _versions(signal: Signal) -> Versions:
    """Screening names what it was made of, `model/point rules@number`, in one text; each is kept in its place, as a code."""
    parts = (signal.version or "").split()
    rules = next((one for one in parts if "@" in one), None)
    model = next((one.replace("/", ":") for one in parts if "@" not in one), None)
    return Versions(signal.policy, rules if signal.rules else None, model)


async def about_case(
    tx: Tx, staff: Staff, verb: str, case_id: int, *, reason: str = "", now: Instant, **details: Any
) -> None:
    """Somebody of the staff did something with a case."""
    subject = Subject(SubjectKind.CASE, case_id)
    await record_action(
        tx, staff, f"case.{verb}", subject, why=Why(reason), now=now, case_id=case_id, **details
    )
