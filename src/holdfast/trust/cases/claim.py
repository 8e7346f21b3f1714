"""Use cases: somebody takes a case, keeps it by a sign of life, gives it back, passes it on, or is given one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ..staff_actions import Staff
from . import log, store
from .errors import CaseChanged, CaseNotForYou, CaseTaken
from .model import Case
from .queries import conflicts, lock_case, next_cases

LEASE_SECONDS = 600.0
SKIP_HOURS = 24
"""How long a case that somebody passed on is not offered to them again."""


async def claim_next(
    tx: Tx,
    staff: Staff,
    *,
    queue: str | None = None,
    lane: str | None = None,
    language: str | None = None,
    without: Sequence[str] = (),
    relations_conflict: bool = True,
    lease_seconds: float = LEASE_SECONDS,
    now: Instant,
) -> int | None:
    """Take the first case in the order of work that this person may have; its id, None when there is none.

    One that they hold already comes first. Left out: what somebody else holds or was given, what they passed on, what
    belongs to queues of others, categories `without` which they work, and what concerns them (see `conflicts`).
    Raises RoleLacks.
    """
    staff.require(Permission.MANAGE_REPORTS)
    if staff.account_id is None:
        return None
    found = await next_cases(
        tx, staff.account_id, queue=queue, lane=lane, language=language, without=list(without),
        relations=relations_conflict, now=now,
    )  # fmt: skip
    if not found:
        return None
    await store.set_claim(tx, found[0], staff.account_id, lease_seconds=lease_seconds, now=now)
    return found[0]


async def claim(
    tx: Tx, staff: Staff, case_id: int, *, relations_conflict: bool = True,
    lease_seconds: float = LEASE_SECONDS, now: Instant,
) -> Case:  # fmt: skip
    """Take this one. Raises RoleLacks, CaseNotThere, CaseChanged when it is closed, CaseTaken, CaseNotForYou."""
    staff.require(Permission.MANAGE_REPORTS)
    case = await _open_case(tx, case_id)
    if staff.account_id is None:
        return case
    if case.held_by(now) not in (None, staff.account_id):
        raise CaseTaken
    if await conflicts(tx, case_id, staff.account_id, relations=relations_conflict):
        raise CaseNotForYou
    await store.set_claim(tx, case_id, staff.account_id, lease_seconds=lease_seconds, now=now)
    return case


async def keep(
    tx: Tx, staff: Staff, case_id: int, *, lease_seconds: float = LEASE_SECONDS, now: Instant
) -> None:
    """A sign of life: the lease begins anew. Raises CaseNotThere, CaseChanged when it is closed, CaseTaken when the
    lease had ended and somebody else has it, or nobody."""
    case = await _open_case(tx, case_id)
    if case.claimed_id != staff.account_id or staff.account_id is None:
        raise CaseTaken
    await store.set_claim(tx, case_id, staff.account_id, lease_seconds=lease_seconds, now=now)


async def release(tx: Tx, staff: Staff, case_id: int, *, now: Instant) -> None:
    """Give it back. Of what somebody else holds nothing changes. Raises CaseNotThere."""
    case = await lock_case(tx, case_id)
    if case.claimed_id == staff.account_id:
        await store.drop_claim(tx, case_id)


async def skip(tx: Tx, staff: Staff, case_id: int, *, reason: str = "", now: Instant) -> None:
    """Pass it on to others of the team. Nothing is counted against anybody for it. Raises CaseNotThere."""
    await release(tx, staff, case_id, now=now)
    if staff.account_id is not None:
        until = now + timedelta(hours=SKIP_HOURS)
        await store.insert_skip(tx, case_id, staff.account_id, reason[:200], until)


async def assign(tx: Tx, staff: Staff, case_id: int, account_id: int | None, *, now: Instant) -> None:
    """Give it to somebody of the staff alone, or to nobody. Raises RoleLacks, CaseNotThere, CaseChanged, CaseNotForYou."""
    staff.require(Permission.MANAGE_REPORTS)
    await _open_case(tx, case_id)
    if account_id is not None and await conflicts(tx, case_id, account_id, relations=False):
        raise CaseNotForYou
    await store.set_assignee(tx, case_id, account_id)
    await log.about_case(tx, staff, "assign", case_id, now=now, assignee=account_id)


async def escalate(tx: Tx, staff: Staff, case_id: int, *, reason: str, now: Instant) -> None:
    """Somebody of a higher role is to decide. Raises RoleLacks, CaseNotThere, CaseChanged."""
    staff.require(Permission.MANAGE_REPORTS)
    await _open_case(tx, case_id)
    await store.set_escalated(tx, case_id, now)
    await store.drop_claim(tx, case_id)
    await log.about_case(tx, staff, "escalate", case_id, reason=reason, now=now)


async def _open_case(tx: Tx, case_id: int) -> Case:
    case = await lock_case(tx, case_id)
    if case.closed_at is not None:
        raise CaseChanged
    return case
