"""Use case: see what a ruling about everything that a query finds would do, and keep that as a plan."""

from __future__ import annotations

from collections import Counter

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ..decisions import (
    Ruling,
    check,
    effects_of,
    involved,
    preview_effects,
    require_above_all,
    require_for,
    resolved,
)
from ..effects import NewEffect
from ..staff_actions import Staff
from . import store
from .errors import QueryNotAllowed
from .model import (
    LARGEST_SHOWN,
    BulkLimits,
    BulkPlan,
    BulkPreview,
    BulkQuery,
    Counted,
    digest_of,
    sample_of,
    targets_of,
)
from .model import check as check_query
from .queries import automatic_effects, find_posts


async def plan_bulk(
    tx: Tx,
    staff: Staff,
    query: BulkQuery,
    ruling: Ruling,
    *,
    own_domain: str,
    limits: BulkLimits,
    now: Instant,
) -> BulkPreview:
    """Count, draw a sample, name the largest accounts, work out what would change; nothing is changed.

    Raises RoleLacks, NotYourRank, QueryNotAllowed (also for more than `limits.most`), RulingNotAllowed.
    """
    await require_for(tx, staff, ruling)
    check_query(query, now)
    ruling, _ = await resolved(tx, check(ruling, now), now)
    found = await find_posts(tx, query, own_domain=own_domain, limit=limits.most + 1)
    automatic: list[NewEffect] = []
    if query.reverts:
        automatic = await automatic_effects(tx, query, limit=limits.most + 1)
    if len(found) + len(automatic) > limits.most:
        raise QueryNotAllowed(f"this finds more than {limits.most} things; narrow it, or decide part by part")
    targets = targets_of(found)
    concerned = {one.account_id for one in found} | {one.account_id for one in automatic if one.account_id}
    people = await involved(tx, concerned)
    require_above_all(staff, ruling, people)
    effects = effects_of(ruling, 0, targets, [one.id for one in people.values() if one.member]) + automatic
    planned, told = await preview_effects(tx, effects, targets, people)
    digest = digest_of(found, ruling, query, automatic)
    plan = BulkPlan(
        new_id(now), query, ruling, len(found) + len(automatic), len(people), digest, ruling.reason, staff.account_id,
        now, None, None, None, None,
    )  # fmt: skip
    await store.insert_plan(tx, plan)
    counts = Counter(one.account_id for one in found)
    largest = [
        Counted(people[ident], count) for ident, count in counts.most_common(LARGEST_SHOWN) if ident in people
    ]
    return BulkPreview(plan, sample_of(found, digest), largest, planned, told)
