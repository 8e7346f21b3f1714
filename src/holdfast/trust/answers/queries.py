"""Reads of answers and of what was written for them."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader, Row
from ...pure.notice_answers import AnswerKind
from .model import Answer, AnswerStatus

_COLUMNS = """
select a.message_id, a.notice_id, a.kind, a.language, m.template, a.digest, a.recipient, a.mail_id, a.status, a.said, a.attempts,
       a.automatic, a.approved_by, a.made_at, a.settled_at, m.record_id, m.subject, m.text, m.delivery, m.delivery_detail,
       m.delivered_at, m.raw_sha256
from notice_answers a join notice_messages m on m.id = a.message_id
"""
_OF_NOTICE_SQL = f"{_COLUMNS} where a.notice_id = $1 order by a.message_id"
_ONE_SQL = f"{_COLUMNS} where a.message_id = $1"
_SAME_SQL = f"{_COLUMNS} where a.notice_id = $1 and a.digest = $2 order by a.message_id desc limit 1"


def _answer(row: Row) -> Answer:
    values = dict(row)
    return Answer(**{**values, "kind": AnswerKind(row["kind"]), "status": AnswerStatus(row["status"])})


async def answers_of(reader: Reader, notice_id: int) -> list[Answer]:
    """The answers to a notice, in the order in which they were given. The caller has asked who may see the notice."""
    return [_answer(row) for row in await reader.fetch(_OF_NOTICE_SQL, notice_id)]


async def answer_of_message(reader: Reader, message_id: int) -> Answer | None:
    """The answer that a message is."""
    row = await reader.fetchrow(_ONE_SQL, message_id)
    return None if row is None else _answer(row)


async def same_answer(reader: Reader, notice_id: int, digest: str) -> Answer | None:
    """The newest answer that says exactly this."""
    row = await reader.fetchrow(_SAME_SQL, notice_id, digest)
    return None if row is None else _answer(row)


async def saved_notes(reader: Reader, notice_id: int, kind: AnswerKind) -> dict[str, str]:
    """What was written for this kind of answer so far."""
    row = await reader.fetchrow(
        "select notes::text as notes from notice_answer_notes where notice_id = $1 and kind = $2", notice_id, kind.value
    )  # fmt: skip
    return msgspec.json.decode(row["notes"], type=dict[str, str]) if row is not None else {}
