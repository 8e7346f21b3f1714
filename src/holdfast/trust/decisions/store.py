"""Every statement that writes decisions and referrals."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import Decision

_INSERT_SQL = """
insert into decisions (id, kind, case_id, parent_id, copy_of, plan_id, actor_id, actor_role, made_by, rule_id, rule_version,
  model_version, policy_id, policy_version, outcome, ruling, subjects, lane, source_type, automated_detection, automation,
  action_id, record_id, made_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::jsonb, $17, $18, $19, $20, $21, $22, $23, $24)
on conflict (parent_id, copy_of) do nothing
"""


async def insert_decision(tx: Tx, decision: Decision, *, copy_of: str | None) -> bool:
    """A decision; False when there is one about this copy already."""
    rule, _, rule_version = (decision.versions.rule or "").partition("@")
    policy, _, policy_version = (decision.policy or "").partition("@")
    inserted = await tx.execute(
        _INSERT_SQL,
        decision.id, decision.kind, decision.case_id, decision.parent_id, copy_of, decision.plan_id, decision.actor_id,
        decision.actor_role, decision.made_by, rule or None, rule_version or None, decision.versions.model,
        policy or None, int(policy_version) if policy_version else None, decision.outcome,
        msgspec.json.encode(decision.ruling).decode(), decision.subjects, decision.lane, decision.source_type,
        decision.automated_detection, decision.automation, decision.action_id, decision.record_id, decision.made_at,
    )  # fmt: skip
    return inserted > 0


async def insert_held(
    tx: Tx, decision_id: int, account_id: int, notice_id: int, record_id: str, *, now: Instant
) -> None:
    """The member's statement waits."""
    await tx.execute(
        "insert into held_statements (decision_id, account_id, notice_id, record_id, held_at) values ($1, $2, $3, $4, $5)",
        decision_id, account_id, notice_id, record_id, now,
    )  # fmt: skip


async def pass_on(tx: Tx, decision_id: int, account_id: int, notice_id: int) -> None:
    """Another notice is in the way now."""
    await tx.execute(
        "update held_statements set notice_id = $3 where decision_id = $1 and account_id = $2",
        decision_id, account_id, notice_id,
    )  # fmt: skip


async def mark_released(tx: Tx, decision_id: int, account_id: int, *, now: Instant) -> None:
    """It waits no more."""
    await tx.execute(
        "update held_statements set released_at = $3 where decision_id = $1 and account_id = $2",
        decision_id, account_id, now,
    )  # fmt: skip


async def mark_settled(tx: Tx, decision_id: int, now: Instant) -> None:
    """All that follows from it has been done."""
    await tx.execute(
        "update decisions set settled_at = $2 where id = $1 and settled_at is null", decision_id, now
    )


async def mark_undone(
    tx: Tx,
    decision_ids: Sequence[int],
    *,
    by: int | None,
    reason: str,
    action_id: int,
    record_id: str,
    now: Instant,
) -> None:
    """They were taken back."""
    await tx.execute(
        "update decisions set undone_at = $2, undone_by = $3, undone_reason = $4, undo_action_id = $5,"
        " undo_record_id = $6 where id = any($1::bigint[]) and undone_at is null",
        list(decision_ids), now, by, reason, action_id, record_id,
    )  # fmt: skip


async def mark_undo_settled(tx: Tx, decision_id: int, now: Instant) -> None:
    """All that it did has been taken back."""
    await tx.execute(
        "update decisions set undo_settled_at = $2 where undo_settled_at is null and undone_at is not null"
        " and (id = $1 or parent_id = $1)",
        decision_id, now,
    )  # fmt: skip


async def insert_referral(
    tx: Tx, referral_id: int, decision_id: int, *, authority: str, note: str, subjects: list[str], hold_ids: list[int],
    sealed: bool, record_id: str, now: Instant,
) -> None:  # fmt: skip
    """What an authority was to be told of."""
    await tx.execute(
        "insert into referrals (id, decision_id, authority, reason, subjects, hold_ids, sealed, record_id, referred_at)"
        " values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9)",
        referral_id, decision_id, authority, note, msgspec.json.encode(subjects).decode(), hold_ids, sealed,
        record_id, now,
    )  # fmt: skip
