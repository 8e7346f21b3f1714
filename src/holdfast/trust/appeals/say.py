"""Use cases: the one who appeals adds something, and whoever works on the appeal asks."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from .. import cases
from ..staff_actions import Staff, Subject, SubjectKind, record_action
from . import store
from .errors import AppealClosed, AppealNotAllowed, AppealNotThere
from .model import Appeal, AppealLimits, said
from .queries import lock_appeal


async def add(
    tx: Tx, account_id: int, appeal_id: int, *, text: str, limits: AppealLimits, now: Instant
) -> Appeal:
    """Say more. Raises AppealNotThere for those of others, AppealClosed, AppealNotAllowed."""
    appeal = await lock_appeal(tx, appeal_id)
    if appeal.account_id != account_id:
        raise AppealNotThere
    await _say(tx, appeal, text, author_id=account_id, from_staff=False, limits=limits, now=now)
    return appeal


async def ask(
    tx: Tx, staff: Staff, appeal_id: int, *, text: str, limits: AppealLimits, now: Instant
) -> Appeal:
    """Ask the one who appeals something. Raises RoleLacks, AppealNotThere, CaseNotForYou for whoever may not answer it,
    AppealClosed, AppealNotAllowed."""
    staff.require(Permission.MANAGE_REPORTS)
    appeal = await lock_appeal(tx, appeal_id)
    if staff.account_id is not None and await cases.conflicts(
        tx, appeal.case_id, staff.account_id, relations=False
    ):
        raise cases.CaseNotForYou
    await _say(tx, appeal, text, author_id=staff.account_id, from_staff=True, limits=limits, now=now)
    await record_action(
        tx,
        staff,
        "case.appeal_ask",
        Subject(SubjectKind.CASE, appeal.case_id),
        now=now,
        case_id=appeal.case_id,
    )
    return appeal


async def _say(
    tx: Tx, appeal: Appeal, text: str, *, author_id: int | None, from_staff: bool, limits: AppealLimits, now: Instant
) -> None:  # fmt: skip
    if appeal.outcome is not None:
        raise AppealClosed
    text = said(text, limits, field="text")
    count = await tx.fetchval(
        "select count(*) from appeal_messages where appeal_id = $1 and from_staff = $2", appeal.id, from_staff
    )
    if count >= limits.messages:
        raise AppealNotAllowed("text", f"cannot be added: {limits.messages} messages were written already")
    await store.insert_message(tx, appeal.id, text, author_id=author_id, from_staff=from_staff, now=now)
