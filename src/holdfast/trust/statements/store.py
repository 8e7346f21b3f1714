"""Every statement that writes statements of reasons and the letters that carry them."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import Letter, MailStatus, Statement


async def insert_statement(tx: Tx, statement: Statement, *, warning_id: int) -> None:
    """One statement, as it is sent."""
    await tx.execute(
        "insert into statements (id, decision_id, account_id, language, subject, body, post_ids, reported, puid,"
        " warning_id, record_id, reverses_id, sent_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13)",
        statement.id, statement.decision_id, statement.account_id, statement.language, statement.subject,
        statement.text, statement.post_ids, msgspec.json.encode(statement.reported).decode(), statement.puid,
        warning_id, statement.record_id, statement.reverses_id, statement.sent_at,
    )  # fmt: skip


async def mark_read(tx: Tx, statement_id: int, now: Instant) -> None:
    """Its member has opened it; the first time counts."""
    await tx.execute(
        "update statements set read_at = $2 where id = $1 and read_at is null", statement_id, now
    )


async def begin_letter(
    tx: Tx, statement_id: int, *, recipient: str, message_id: str, message: bytes, now: Instant
) -> None:
    """Keep the bytes before they are sent."""
    await tx.execute(
        "insert into statement_mails (statement_id, recipient, message_id, message, status, made_at)"
        " values ($1, $2, $3, $4, 'waiting', $5) on conflict do nothing",
        statement_id, recipient, message_id, message, now,
    )  # fmt: skip


async def hand_over(tx: Tx, letter: Letter) -> bool:
    """Count an attempt before it is made; False when another is at it: then nothing may be sent."""
    done = await tx.execute(
        "update statement_mails set attempts = attempts + 1, answer = 'under way'"
        " where statement_id = $1 and attempts = $2 and status = 'waiting'",
        letter.statement_id, letter.attempts,
    )  # fmt: skip
    return done > 0


async def settle_letter(tx: Tx, statement_id: int, status: MailStatus, answer: str, *, now: Instant) -> None:
    """What became of an attempt. A letter that waits is tried again."""
    await tx.execute(
        "update statement_mails set status = $2, answer = left($3, 1000),"
        " settled_at = case when $2 = 'waiting' then null else $4::timestamptz end where statement_id = $1",
        statement_id, status.value, answer, now,
    )  # fmt: skip
