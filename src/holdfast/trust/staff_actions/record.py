"""Use case: what the staff did is written down, in the transaction that does it."""

from __future__ import annotations

from typing import Any

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from . import store
from .events import StaffActed
from .model import NO_REASON, Staff, StaffAction, Subject, Why


async def record_action(
    tx: Tx,
    staff: Staff,
    verb: str,
    subject: Subject,
    *,
    why: Why = NO_REASON,
    now: Instant,
    **details: Any,
) -> int:
    """Add a row and return its id. `verb`: the subject's kind, a dot, and what was done, such as account.suspend.

    `details`: what else a reader needs to understand or to undo it, as JSON values.
    """
    action_id = new_id(now)
    await store.insert_action(
        tx, StaffAction(action_id, staff.account_id, staff.role, verb, subject, why, details, now)
    )
    tx.emit(StaffActed(action_id, verb))
    return action_id
