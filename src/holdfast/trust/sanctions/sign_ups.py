"""Use case: the staff decides about a sign-up that waits."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...records.holds import Subject as Holdable
from ...records.holds import held
from ...social.accounts import AccountRejected, AccountState, delete_pending, reinstate_account
from ...social.removals import RequestedBy, begin_removal
from ..staff_actions import Staff, Subject, SubjectKind, Why, record_action
from .model import SanctionedNotThere, SignUpNotWaiting
from .queries import lock_member


async def decide_sign_up(
    tx: Tx, staff: Staff, account_id: int, *, approved: bool, now: Instant, reason: str = ""
) -> None:
    """Let it in, or remove it, so that its name and address are free again; not while a legal hold keeps it.

    Raises RoleLacks, SanctionedNotThere, SignUpNotWaiting.
    """
    staff.require(Permission.MANAGE_USERS)
    member = await lock_member(tx, account_id)
    if member is None:
        raise SanctionedNotThere
    if member["state"] != AccountState.PENDING:
        raise SignUpNotWaiting
    if approved:
        await reinstate_account(tx, account_id, now=now)
    elif await held(tx, Holdable.ACCOUNT, [account_id]):
        # The removal waits for the release, and the sign-up cannot sign in meanwhile.
        await begin_removal(tx, account_id, by=RequestedBy.STAFF, now=now)
        tx.emit(AccountRejected(account_id))
    else:
        await delete_pending(tx, account_id)
        tx.emit(AccountRejected(account_id))
    subject = Subject(SubjectKind.ACCOUNT, account_id, account_id=account_id)
    verb = "account.approve" if approved else "account.reject"
    await record_action(tx, staff, verb, subject, why=Why(reason), now=now)
