"""Use case: a version of a policy is published."""

from __future__ import annotations

import base64
from datetime import timedelta
from hashlib import sha256

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...records import ledger
from ..staff_actions import CLOCK, Staff
from . import store
from .errors import PolicyNotAllowed, PolicyNotThere
from .model import Policy, PolicyDocument, check
from .queries import policy_versions
from .shipped import shipped_policies

_AHEAD = timedelta(days=366)


async def publish_policy(
    tx: Tx, staff: Staff, document: PolicyDocument, *, now: Instant, effective_from: Instant | None = None
) -> Policy:
    """The next version, in effect from `effective_from`, else from now; what was decided under another stays as it was.

    Raises RoleLacks, PolicyNotAllowed: also for a document that says what the version before says, and for a version
    that would take effect before the one before it.
    """
    staff.require(Permission.MANAGE_RULES)
    check(document)
    starts = effective_from or now
    if not now <= starts <= now + _AHEAD:
        raise PolicyNotAllowed("effective_from must not lie in the past, nor more than a year ahead")
    await store.lock_policy(tx, document.id)
    try:
        last = (await policy_versions(tx, document.id))[-1]
    except PolicyNotThere:
        return await _publish(tx, staff, Policy(1, document, starts), now)
    if last.published_at is None:
        last = await _publish(tx, CLOCK, msgspec.structs.replace(last, effective_from=now), now)
    if last.document == document:
        raise PolicyNotAllowed(f"{document.id} says the same as {last.reference}; nothing was published")
    if last.effective_from is not None and last.effective_from > starts:
        raise PolicyNotAllowed(
            f"{last.reference} takes effect at {last.effective_from:%Y-%m-%d %H:%M}; choose a later time"
        )
    return await _publish(tx, staff, Policy(last.version + 1, document, starts), now)


async def publish_shipped(tx: Tx, now: Instant) -> list[Policy]:
    """Publish what came with this program and was not published here: on the first start, and after an upgrade."""
    known = {row[0] for row in await tx.fetch("select distinct id from policies")}
    made = []
    for policy in shipped_policies().values():
        if policy.id not in known:
            await store.lock_policy(tx, policy.id)
            if not await tx.fetchval("select exists (select 1 from policies where id = $1)", policy.id):
                made.append(
                    await _publish(tx, CLOCK, msgspec.structs.replace(policy, effective_from=now), now)
                )
    return made


async def _publish(tx: Tx, staff: Staff, policy: Policy, now: Instant) -> Policy:
    text = msgspec.json.encode(policy.document, order="sorted")
    # The text is public itself, so its plain hash tells nobody anything new and lets everybody check.
    digest = base64.b64encode(sha256(text).digest()).decode()
    public = {"policy": policy.reference, "stage": "published", "digest": digest}
    if policy.version > 1:
        public["supersedes"] = f"{policy.id}@{policy.version - 1}"
    record_id = await ledger.append(
        tx, ledger.Entry(kind=ledger.Kind.POLICY_PUBLISHED, public=public), now=now
    )
    made = msgspec.structs.replace(
        policy, published_at=now, published_by=staff.account_id, record_id=record_id
    )
    await store.insert_policy(tx, made)
    return made
