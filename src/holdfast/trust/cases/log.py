"""What of a case goes into the moderation log and the ledger. Nothing of who reported, but for a pseudonym."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
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
    record_action,
    record_event,
)
from .model import FROM_PEOPLE, Signal, Source

_KINDS = {
    Source.SCREENING: ActorKind.MODEL,
    Source.RULE: ActorKind.RULES,
    Source.REPORT: ActorKind.REPORTER,
    Source.ANONYMOUS: ActorKind.REPORTER,
    Source.PEER: ActorKind.PEER,
    Source.ADMIN: ActorKind.STAFF,
    Source.SAMPLE: ActorKind.CLOCK,
    Source.APPEAL: ActorKind.AUTHOR,
    Source.REVIEW: ActorKind.CLOCK,
}


async def signalled(tx: Tx, case_id: int, signal: Signal, lane: Lane, *, opened: bool, now: Instant) -> None:
    """Somebody or something says that the subject is to be looked at. `opened`: that made the case."""
    name = None
    if signal.source is Source.REPORT and signal.report_id is not None:
        reporter = await tx.fetchval("select account_id from reports where id = $1", signal.report_id)
        name = None if reporter is None else await pseudonym_of(tx, reporter, "reporter")
    change = Change(
        review_state=ReviewState.OPEN, lane=lane, report=signal.source in FROM_PEOPLE
    ) if opened else Change(report=signal.source in FROM_PEOPLE)  # fmt: skip
    verb = "reported" if signal.source in FROM_PEOPLE else signal.source.value
    await record_event(
        tx, LogActor(_KINDS[signal.source], name=name), f"{signal.subject.kind}.{verb}", signal.subject,
        why=Why(report_id=signal.report_id), now=now, case_id=case_id, change=change,
        versions=Versions(signal.policy, ",".join(signal.rules)[:500] or None, signal.version),
        lane=lane, category=signal.category, opened=opened,
    )  # fmt: skip


async def about_case(
    tx: Tx, staff: Staff, verb: str, case_id: int, *, reason: str = "", now: Instant, **details: object
) -> None:
    """Somebody of the staff did something with a case."""
    subject = Subject(SubjectKind.CASE, case_id)
    await record_action(
        tx, staff, f"case.{verb}", subject, why=Why(reason), now=now, case_id=case_id, **details
    )
