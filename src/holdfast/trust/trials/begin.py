"""Use case: a rule is to be tried on what was posted."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.outbox import NewJob
from ...pure.permissions import Permission
from ..staff_actions import Staff
from . import store
from .errors import TrialNotAllowed
from .model import SOURCE_CHARACTERS, TRY_RULE, Trial, TrialOrder
from .queries import get_trial


async def begin_trial(
    tx: Tx, staff: Staff, *, rule_id: str | None, source: str, posts: int, most: int, now: Instant
) -> Trial:
    """Ask for it; an errand does it. Either a rule of those in force, or one as text. Nothing else is changed.

    Raises RoleLacks, TrialNotAllowed.
    """
    staff.require(Permission.MANAGE_REPORTS)
    if bool(rule_id) == bool(source.strip()):
        raise TrialNotAllowed("Name a rule that is in force, or write one: one of rule_id or source")
    if len(source) > SOURCE_CHARACTERS:
        raise TrialNotAllowed(f"source: must not have more than {SOURCE_CHARACTERS} characters")
    if not 1 <= posts <= most:
        raise TrialNotAllowed(f"posts: must lie between 1 and {most}")
    trial_id = new_id(now)
    await store.insert_trial(tx, trial_id, rule_id, source, posts, by=staff.account_id, now=now)
    tx.enqueue(NewJob(TRY_RULE, msgspec.json.encode(TrialOrder(trial_id))))
    return await get_trial(tx, trial_id)
