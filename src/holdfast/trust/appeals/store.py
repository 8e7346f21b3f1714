"""Every statement that writes appeals and what is said in them."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from .model import Appeal, Outcome


async def insert_appeal(tx: Tx, appeal: Appeal) -> None:
    """A new one."""
    await tx.execute(
        "insert into appeals (id, kind, account_id, decision_id, post_id, report_id, about_case_id, case_id, policy, rules,"
        " model, language, first_reviewer_id, record_id, filed_at, due_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        appeal.id, appeal.kind.value, appeal.account_id, appeal.decision_id, appeal.post_id, appeal.report_id,
        appeal.about_case_id, appeal.case_id, appeal.policy, appeal.rules, appeal.model, appeal.language,
        appeal.first_reviewer_id, appeal.record_id, appeal.filed_at, appeal.due_at,
    )  # fmt: skip


async def insert_message(
    tx: Tx, appeal_id: int, text: str, *, author_id: int | None, from_staff: bool, now: Instant
) -> int:
    """One more of one side; its id."""
    ident = new_id(now)
    await tx.execute(
        "insert into appeal_messages (id, appeal_id, from_staff, author_id, text, at) values ($1, $2, $3, $4, $5, $6)",
        ident, appeal_id, from_staff, author_id, text, now,
    )  # fmt: skip
    return ident


async def set_outcome(
    tx: Tx,
    appeal_id: int,
    outcome: Outcome,
    *,
    answer: str,
    by: int | None,
    record_id: str,
    new_decision_id: int | None,
    now: Instant,
) -> None:
    """It is answered."""
    await tx.execute(
        "update appeals set outcome = $2, answer = $3, decided_by = $4, decided_at = $5, decided_record_id = $6,"
        " new_decision_id = $7 where id = $1",
        appeal_id, outcome.value, answer, by, now, record_id, new_decision_id,
    )  # fmt: skip


async def mark_breached(tx: Tx, ids: list[int], now: Instant) -> None:
    """They were not answered in time."""
    await tx.execute("update appeals set breached_at = $2 where id = any($1::bigint[])", ids, now)
