"""Use cases: somebody's reports raise nothing for a time, or count again."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...pure.errors import Invalid
from ...pure.permissions import Permission
from ..staff_actions import CLOCK, Staff, Subject, Why, record_action
from . import queries, store
from .model import ABUSE_DAYS, Record

DAYS_MOST = 3650
_REASON_CHARACTERS = 1000


async def mute_reporter(
    tx: Tx, staff: Staff, account_id: int, *, days: int, reason: str, now: Instant
) -> Instant:
    """What this account reports raises no case, no lane and no number until then; it is received all the same.

    Nothing is said to the account, and the staff's log says it. Raises RoleLacks, Invalid.
    """
    staff.require(Permission.MANAGE_REPORTS)
    if not 1 <= days <= DAYS_MOST or not reason.strip() or len(reason) > _REASON_CHARACTERS:
        raise Invalid(
            f"days must be 1 to {DAYS_MOST}, and reason 1 to {_REASON_CHARACTERS} characters for the log"
        )
    until = now + timedelta(days=days)
    await store.set_muted(tx, account_id, until, reason.strip(), now)
    await record_action(
        tx, staff, "account.mute_reporter", Subject.account(account_id), why=Why(reason.strip()), now=now, days=days
    )  # fmt: skip
    return until


async def unmute_reporter(tx: Tx, staff: Staff, account_id: int, *, now: Instant) -> None:
    """What this account reports counts again. Nothing happens to one that is not muted. Raises RoleLacks."""
    staff.require(Permission.MANAGE_REPORTS)
    if await queries.is_muted_now(tx, account_id, now):
        await store.set_muted(tx, account_id, None, "", now)
        await record_action(tx, staff, "account.unmute_reporter", Subject.account(account_id), now=now)


async def mute_by_record(tx: Tx, account_id: int, record: Record, now: Instant) -> None:
    """The server does it by itself: almost nothing of so many reports was right."""
    reason = f"{record.wrongs} of {record.rights + record.wrongs} reports were found wrong"
    await mute_reporter(tx, CLOCK, account_id, days=ABUSE_DAYS, reason=reason, now=now)


async def is_muted(reader: Reader, account_id: int | None, now: Instant) -> bool:
    """Whether what this account reports raises nothing. Of reports by nobody in particular: no."""
    return account_id is not None and await queries.is_muted_now(reader, account_id, now)
