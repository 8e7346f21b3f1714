"""Use cases: who gets too much wrong is looked after, and may say that the answer is wrong instead."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ..staff_actions import CLOCK, Staff, Subject, Why, record_action
from . import store
from .draw import requeue
from .errors import AlreadySettled, LookNotThere, VerdictNotAllowed
from .model import NOTE_CHARACTERS, Results, Standards, fails
from .queries import last_failure, lock_look, results_of


async def check_standing(tx: Tx, account_id: int, standards: Standards, *, now: Instant) -> Results:
    """Their results since the last time they fell below the bound. When they do again, what they decided lately is looked
    at by others, which is a help for those whom it concerns and no punishment: nothing else happens by itself."""
    since = now - timedelta(days=standards.window_days)
    before = await last_failure(tx, account_id)
    results = await results_of(tx, account_id, max(since, before) if before is not None else since)
    if fails(results, standards):
        count = await requeue(tx, account_id, since=since, most=standards.requeue_most, now=now)
        await store.insert_failure(tx, account_id, results, count, now)
        why = Why(f"{results.right} of {results.of} results right; {count} decisions are looked at again")
        await record_action(
            tx,
            CLOCK,
            "account.reviewer_failing",
            Subject.account(account_id),
            why=why,
            now=now,
            requeued=count,
        )
    return results


async def object_to(tx: Tx, staff: Staff, look_id: int, text: str, *, now: Instant) -> None:
    """Say that a result of one's own is wrong, once. Raises RoleLacks, LookNotThere, AlreadySettled, VerdictNotAllowed."""
    staff.require(Permission.MANAGE_REPORTS)
    look = await lock_look(tx, look_id)
    if look.tested_id is None or look.tested_id != staff.account_id or look.was_right is not False:
        raise LookNotThere
    if look.objection is not None:
        raise AlreadySettled
    if not text.strip() or len(text) > NOTE_CHARACTERS:
        raise VerdictNotAllowed(f"text: say in 1 to {NOTE_CHARACTERS} characters why the answer is wrong")
    await store.set_objection(tx, look_id, text.strip(), now)


async def answer_objection(
    tx: Tx, staff: Staff, look_id: int, *, granted: bool, answer: str, now: Instant
) -> None:
    """Decide about an objection; a granted one takes the result away. Never by whom it speaks of, nor by who judged it.

    Raises RoleLacks, LookNotThere, AlreadySettled, VerdictNotAllowed.
    """
    staff.require(Permission.MANAGE_SETTINGS)
    look = await lock_look(tx, look_id)
    own = staff.account_id is not None and staff.account_id in (look.tested_id, look.reviewer_id)
    if look.objection is None or own:
        raise LookNotThere
    if look.objection_granted is not None:
        raise AlreadySettled
    if not answer.strip() or len(answer) > NOTE_CHARACTERS:
        raise VerdictNotAllowed(f"answer: 1 to {NOTE_CHARACTERS} characters for whoever objected")
    await store.set_answer(tx, look_id, granted=granted, answer=answer.strip(), by=staff.account_id, now=now)
