"""Every statement that writes answers and what is written for them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.notice_answers import AnswerKind
from .model import Answer, AnswerStatus, Draft


async def lock_notice(tx: Tx, notice_id: int) -> tuple[int, str]:
    """The version and the state of a notice, which stays so until the transaction ends."""
    row = await tx.fetchrow("select version, state from notices where id = $1 for update", notice_id)
    return (0, "") if row is None else (row["version"], row["state"])


async def insert_answer(
    tx: Tx,
    draft: Draft,
    message_id: int,
    *,
    mail_id: str,
    automatic: bool,
    approved_by: int | None,
    now: Instant,
) -> None:
    """One answer, which waits to be sent where it has somewhere to go."""
    status = AnswerStatus.WAITING if draft.recipient else AnswerStatus.PAGE
    await tx.execute(
        "insert into notice_answers (message_id, notice_id, kind, language, digest, recipient, mail_id, status, automatic,"
        " approved_by, made_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        message_id, draft.notice_id, draft.kind.value, draft.language, draft.digest, draft.recipient, mail_id,
        status.value, automatic, approved_by, now,
    )  # fmt: skip


async def hand_over(tx: Tx, answer: Answer) -> bool:
    """Count an attempt before it is made; False when another is at it: then nothing may be sent."""
    done = await tx.execute(
        "update notice_answers set attempts = attempts + 1, said = 'under way'"
        " where message_id = $1 and attempts = $2 and status = 'waiting' and said <> 'under way'",
        answer.message_id, answer.attempts,
    )  # fmt: skip
    return done > 0


async def settle(tx: Tx, message_id: int, status: AnswerStatus, said: str, *, now: Instant) -> None:
    """What became of an attempt. One that waits is tried again."""
    await tx.execute(
        "update notice_answers set status = $2, said = left($3, 1000),"
        " settled_at = case when $2 = 'waiting' then null else $4::timestamptz end where message_id = $1",
        message_id, status.value, said, now,
    )  # fmt: skip


async def save_notes(
    tx: Tx, notice_id: int, kind: AnswerKind, notes: Mapping[str, str], *, by: int | None, now: Instant
) -> None:
    """Keep what somebody wrote, for whoever reads it before it goes."""
    await tx.execute(
        "insert into notice_answer_notes (notice_id, kind, notes, saved_by, saved_at) values ($1, $2, $3::jsonb, $4, $5)"
        " on conflict (notice_id, kind) do update set notes = excluded.notes, saved_by = excluded.saved_by,"
        " saved_at = excluded.saved_at",
        notice_id, kind.value, msgspec.json.encode(dict(notes)).decode(), by, now,
    )  # fmt: skip
