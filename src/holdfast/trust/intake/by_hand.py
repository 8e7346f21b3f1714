"""Use case: what was done to a post without the desk is in the log, and its case needs nobody any more."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from .. import cases
from ..staff_actions import Change, Staff, Subject, SubjectKind, Takedown, record_action
from .reports import SETTLED

WITHDRAWN = "withdrawn"


async def settle_by_hand(tx: Tx, staff: Staff, post_id: int, *, withdrawn: bool, now: Instant) -> None:
    """Record that a post was withdrawn, or given back, and close the case that it is alone in."""
    account_id = await tx.fetchval("select account_id from posts where id = $1", post_id)
    subject = Subject.post(post_id, account_id)
    change = Change(takedown=Takedown.WITHDRAWN if withdrawn else Takedown.NONE, reviewed=True)
    verb = "post.withdraw" if withdrawn else "post.release"
    await record_action(tx, staff, verb, subject, change=change, now=now)
    case_id = await cases.open_case_of(tx, SubjectKind.POST.value, str(post_id))
    if case_id is None:
        return
    case = await cases.lock_case(tx, case_id)
    if case.members == 1:
        await cases.close(
            tx, case_id, version=case.version, decision_id=None, outcome=WITHDRAWN if withdrawn else SETTLED,
            staff=staff, now=now,
        )  # fmt: skip
