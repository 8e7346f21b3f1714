"""Use case: the staff takes back what was done to an account."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...social.accounts import AccountState, reinstate_account, restrict_account
from ..staff_actions import CLOCK, Staff, Subject, SubjectKind, Why, record_action
from .model import RESTRICTIONS, SanctionedNotThere, SanctionKind, SanctionNotAllowed
from .queries import ended_sanctions, lock_member

_VERBS = {
    SanctionKind.SENSITIVE: "account.unsensitive",
    SanctionKind.DISABLE: "account.enable",
    SanctionKind.LIMIT: "account.unsilence",
    SanctionKind.SUSPEND: "account.unsuspend",
}


async def lift_sanction(
    tx: Tx, staff: Staff, account_id: int, kind: SanctionKind, *, now: Instant, reason: str = ""
) -> bool:
    """Take it back and record it; whether there was anything. Sessions and tokens that ended stay ended.

    Raises RoleLacks, NotYourRank, SanctionNotAllowed, SanctionedNotThere.
    """
    staff.require(Permission.MANAGE_USERS)
    if kind not in _VERBS:
        raise SanctionNotAllowed("only what was done to the account itself can be taken back so")
    member = await lock_member(tx, account_id)
    if member is None:
        raise SanctionedNotThere
    staff.require_above(account_id, member["role"])
    if kind is SanctionKind.SUSPEND:
        changed = member["state"] == AccountState.SUSPENDED and await reinstate_account(
            tx, account_id, now=now
        )
    else:
        changed = await restrict_account(tx, account_id, RESTRICTIONS[kind], on=False, now=now)
    if changed:
        subject = Subject(SubjectKind.ACCOUNT, account_id, account_id=account_id)
        await record_action(tx, staff, _VERBS[kind], subject, why=Why(reason), now=now)
    return changed


async def lift_ended_sanctions(tx: Tx, now: Instant) -> None:
    """What was set with an end that has come is taken back; a periodic action of the workers."""
    for row in await ended_sanctions(tx, now):
        for kind, over in (
            (SanctionKind.LIMIT, row["limited"]),
            (SanctionKind.SENSITIVE, row["sensitized"]),
            (SanctionKind.SUSPEND, row["suspended"]),
            (SanctionKind.DISABLE, row["disabled"]),
        ):
            if over:
                await lift_sanction(tx, CLOCK, row["id"], kind, reason="its time is over", now=now)
