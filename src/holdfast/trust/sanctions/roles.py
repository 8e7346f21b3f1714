"""Use case: somebody is given a role, or loses it; and who has one."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...pure.permissions import PERMISSIONS, Permission, outranks
from ...social.accounts import set_role
from ..staff_actions import NotYourRank, Staff, Subject, Why, record_action
from .model import SanctionedNotThere, SanctionNotAllowed

_REASON_CHARACTERS = 1000


class StaffMember(msgspec.Struct, frozen=True):
    """Somebody who helps to run the place."""

    account_id: int
    role: str


async def staff_members(reader: Reader) -> list[StaffMember]:
    """Everybody with a role above member, the highest first."""
    rows = await reader.fetch(
        "select u.account_id, u.role from users u join accounts a on a.id = u.account_id"
        " where u.role <> 'member' and a.state <> 3"
        " order by array_position(array['owner', 'admin', 'moderator'], u.role), u.account_id"
    )
    return [StaffMember(row["account_id"], row["role"]) for row in rows]


async def give_role(tx: Tx, staff: Staff, account_id: int, role: str, *, reason: str, now: Instant) -> None:
    """Give a role, at once for every process; written down, with why.

    Nobody gives what is not below their own, or changes their equals; an owner may make another one.
    Raises RoleLacks, NotYourRank, SanctionedNotThere for who cannot sign in here, SanctionNotAllowed.
    """
    staff.require(Permission.MANAGE_ROLES)
    if role not in PERMISSIONS:
        raise SanctionNotAllowed(f"role: one of {', '.join(PERMISSIONS)}")
    if len(reason) > _REASON_CHARACTERS:
        raise SanctionNotAllowed(f"reason: must not have more than {_REASON_CHARACTERS} characters")
    before = await tx.fetchval("select role from users where account_id = $1 for update", account_id)
    if before is None:
        raise SanctionedNotThere
    staff.require_above(account_id, before)
    if not outranks(staff.role, role) and staff.role != "owner":
        raise NotYourRank
    if before == role:
        return
    await set_role(tx, account_id, role)
    await record_action(
        tx,
        staff,
        "account.role",
        Subject.account(account_id),
        why=Why(reason),
        now=now,
        before=before,
        after=role,
    )
