"""Use case: a copy of what was decided comes later, and gets the same decision, linked to the first."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..staff_actions import ActorKind, Staff
from ..statements import Automation
from .make import Origin, make_decision
from .model import Decision, inherited
from .queries import decided_copy, involved, lock_decision, targets_of_posts
from .tell import policy_named

PROGRAM = Staff(None, "owner", ActorKind.RULES)
"""Who applies a decision to copies: the program, by the decision of a person."""


async def inherit_decision(tx: Tx, parent_id: int, post_id: int, *, now: Instant) -> Decision | None:
    """Decide about the copy as about the first, once; None when there is nothing to do.

    What the decision did to the first one's author is not done to the copy's. A decision that was taken back meanwhile
    is not applied. Nothing is done to the people who run the place: a person has to.
    """
    parent = await lock_decision(tx, parent_id)
    ruling = inherited(parent.ruling)
    if ruling is None or parent.undone_at is not None or await decided_copy(tx, parent_id, f"post:{post_id}"):
        return None
    targets = await targets_of_posts(tx, [post_id])
    people = await involved(tx, {one.account_id for one in targets if one.account_id is not None})
    if not targets or (ruling.restricts and any(person.role != "member" for person in people.values())):
        return None
    policy = await policy_named(tx, ruling)
    origin = Origin(
        "copy", parent.case_id, parent.id, f"post:{post_id}", lane=parent.lane, source_type=parent.source_type,
        automated_detection=True, automation=Automation.PARTIALLY, about=(parent.record_id,),
    )  # fmt: skip
    return await make_decision(tx, PROGRAM, targets, ruling, origin, people=people, policy=policy, now=now)
