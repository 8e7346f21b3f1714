"""Use case: the staff lets go of what was held."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...records import ledger
from ...records.holds import Hold, HoldNotThere, hold_of, release_hold
from ..staff_actions import Staff, Subject, SubjectKind, Why, record_action


async def release(
    tx: Tx, staff: Staff, hold_id: int, *, reason: str, now: Instant, outcome: str = "released"
) -> Hold:
    """End a hold, and record it; erasures that waited for it alone run. Raises RoleLacks, HoldNotThere."""
    staff.require(Permission.DELETE_USER_DATA)
    before = await hold_of(tx, hold_id)
    if before.released_at is not None:
        raise HoldNotThere
    await release_hold(tx, hold_id, by=staff.account_id, reason=reason, now=now)
    related = ((ledger.Relation.ABOUT, before.record_id),) if before.record_id else ()
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.HOLD_RELEASED,
            public={"scope": before.query.scope.value, "role": staff.role, "outcome": outcome},
            private={"reason": reason},
            related=related,
        ),
        now=now,
    )
    await record_action(
        tx,
        staff,
        "hold.release",
        Subject(SubjectKind.HOLD, hold_id),
        why=Why(reason),
        now=now,
        record_id=record_id,
    )
    return await hold_of(tx, hold_id)
