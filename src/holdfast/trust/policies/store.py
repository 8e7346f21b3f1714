"""Every statement that writes policies. Versions are only ever added."""

from __future__ import annotations

import msgspec

from ...platform.db import Tx
from .model import Policy


async def lock_policy(tx: Tx, policy_id: str) -> None:
    """Of two who publish the same policy at once the second waits, and then follows the first."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('policy ' || $1, 0))", policy_id)


async def insert_policy(tx: Tx, policy: Policy) -> None:
    """One version."""
    await tx.execute(
        "insert into policies (id, version, document, effective_from, published_at, published_by, record_id)"
        " values ($1, $2, $3::jsonb, $4, $5, $6, $7)",
        policy.id, policy.version, msgspec.json.encode(policy.document).decode(), policy.effective_from,
        policy.published_at, policy.published_by, policy.record_id,
    )  # fmt: skip
