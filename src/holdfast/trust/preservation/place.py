"""Use case: the staff has something kept from deletion."""

from __future__ import annotations

from typing import Any

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...records import ledger
from ...records.holds import Hold, HoldQuery, Scope, Terms, hold_of, mark_recorded, place_hold
from ..staff_actions import Staff, Subject, SubjectKind, Why, record_action


async def place(tx: Tx, staff: Staff, query: HoldQuery, terms: Terms, *, now: Instant) -> Hold:
    """Place a hold, and record it. Nobody but the staff learns of it. Raises RoleLacks, HoldNotPlaced."""
    # Who may have everything of somebody deleted may keep it from being deleted.
    staff.require(Permission.DELETE_USER_DATA)
    hold_id = await place_hold(tx, query, terms, by=staff.account_id, now=now)
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.HOLD_PLACED,
            public={"scope": query.scope.value, "role": staff.role, "subjects": 1},
            private={"reason": terms.reason, "authority": terms.authority, "query": _query_body(query)},
        ),
        now=now,
    )
    await mark_recorded(tx, hold_id, record_id)
    subject = Subject(SubjectKind.HOLD, hold_id)
    await record_action(
        tx, staff, "hold.place", subject, why=Why(terms.reason), now=now, record_id=record_id,
        scope=query.scope.value,
    )  # fmt: skip
    return await hold_of(tx, hold_id)


def _query_body(query: HoldQuery) -> Any:
    """What the record commits to. A query about one account is that account's: it goes with its key."""
    body = {
        "scope": query.scope.value, "id": str(query.id),
        "since": query.since.isoformat() if query.since else None,
        "before": query.before.isoformat() if query.before else None,
    }  # fmt: skip
    if query.scope is Scope.ACCOUNT:
        return ledger.Owned(body, ledger.Subject.account(query.id))
    return body
