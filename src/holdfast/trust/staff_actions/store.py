"""Every statement that writes the record of the staff's actions, and warnings. Rows are only ever added."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import AccountWarning, StaffAction


async def insert_action(tx: Tx, action: StaffAction) -> None:
    """One row of the record."""
    subject, why = action.subject, action.why
    await tx.execute(
        "insert into moderation_actions (id, actor_id, actor_role, verb, subject_kind, subject_id, subject_name,"
        " account_id, report_id, reason, policy, details, at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13)",
        action.id, action.actor_id, action.actor_role, action.verb, subject.kind.value, subject.id, subject.name,
        subject.account_id, why.report_id, why.reason, why.policy, msgspec.json.encode(action.details).decode(),
        action.at,
    )  # fmt: skip


async def insert_warning(
    tx: Tx, warning: AccountWarning, *, action_id: int, report_id: int | None, now: Instant
) -> None:
    """What a member is told."""
    await tx.execute(
        "insert into account_warnings (id, account_id, action_id, action, text, post_ids, report_id, created_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        warning.id, warning.account_id, action_id, warning.action.value, warning.text, warning.post_ids, report_id,
        now,
    )  # fmt: skip
