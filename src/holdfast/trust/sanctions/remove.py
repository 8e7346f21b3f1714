"""Use case: the staff has an account and everything of it deleted."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...social.accounts import AccountState
from ...social.removals import RequestedBy, begin_removal
from ..staff_actions import Staff, Subject, SubjectKind, Why, record_action
from .model import NotSuspended, SanctionedNotThere
from .queries import lock_member


async def remove_member(tx: Tx, staff: Staff, account_id: int, *, now: Instant, reason: str = "") -> None:
    """Begin it: hidden and without access at once, its rows go afterwards, holds excepted.

    Only of a suspended account, so that there are two steps to what cannot be undone.
    Raises RoleLacks, NotYourRank, SanctionedNotThere, NotSuspended, OwnerNeeded.
    """
    staff.require(Permission.DELETE_USER_DATA)
    member = await lock_member(tx, account_id)
    if member is None:
        raise SanctionedNotThere
    staff.require_above(account_id, member["role"])
    if member["state"] != AccountState.SUSPENDED:
        raise NotSuspended
    await begin_removal(tx, account_id, by=RequestedBy.STAFF, now=now)
    subject = Subject(SubjectKind.ACCOUNT, account_id, name=member["username"], account_id=account_id)
    await record_action(tx, staff, "account.delete", subject, why=Why(reason), now=now)
