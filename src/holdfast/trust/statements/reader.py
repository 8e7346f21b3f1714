"""What a member reads of statements of reasons, suspended or not; and what the export reads of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Database, Reader, Row
from ...pure.window import Window
from . import store
from .errors import StatementNotThere
from .model import Letter, MailStatus, Statement

_COLUMNS = """
select s.id, s.decision_id, s.account_id, s.language, s.subject, s.body as text, s.post_ids, s.reported::text as reported,
       s.puid, s.record_id, s.reverses_id, s.sent_at, s.read_at,
       (select r.id from statements r where r.reverses_id = s.id) as reversed_by_id
from statements s
"""
_PAGE_SQL = f"""{_COLUMNS} where s.account_id = $5 and s.id < $1 and s.id > $2 and ($6::bigint is null or $6 = any(s.post_ids))
order by case when $3::boolean then s.id end, s.id desc limit $4
"""
_ONE_SQL = f"{_COLUMNS} where s.id = $1 and s.account_id = $2"
_BY_ID_SQL = f"{_COLUMNS} where s.id = $1"
_OF_DECISION_SQL = f"{_COLUMNS} where s.decision_id = any($1::bigint[]) order by s.id"


def _statement(row: Row) -> Statement:
    values = dict(row)
    values["post_ids"] = list(row["post_ids"])
    values["reported"] = msgspec.json.decode(row["reported"])
    return Statement(**values)


class StatementReader:
    """Statements of one member; those of others are not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, account_id: int, window: Window, *, post_id: int | None = None) -> list[Statement]:
        """One page, newest first; only those about one post, if it is given."""
        rows = await self._database.fetch(
            _PAGE_SQL, window.below, window.above, window.forward, window.limit, account_id, post_id
        )
        return [_statement(row) for row in (rows[::-1] if window.forward else rows)]

    async def one(self, account_id: int, statement_id: int, *, now: Instant) -> Statement:
        """One, which is noted as read. Raises StatementNotThere, also for those of others."""
        row = await self._database.fetchrow(_ONE_SQL, statement_id, account_id)
        if row is None:
            raise StatementNotThere
        statement = _statement(row)
        if statement.read_at is not None:
            return statement
        async with self._database.transaction() as tx:
            await store.mark_read(tx, statement_id, now)
        return msgspec.structs.replace(statement, read_at=now)


async def statements_of(reader: Reader, decision_ids: Sequence[int]) -> list[Statement]:
    """What members were sent about decisions, for the staff."""
    return [_statement(row) for row in await reader.fetch(_OF_DECISION_SQL, list(decision_ids))]


async def reported_rows(
    reader: Reader, since: Instant, until: Instant, *, after_id: int = 0, limit: int = 100
) -> list[tuple[int, dict[str, object]]]:
    """Rows for the transparency database, in the order in which they were sent: (id, fields). Reversals are none."""
    rows = await reader.fetch(
        "select id, reported::text as reported from statements where sent_at >= $1 and sent_at < $2 and id > $3"
        " and reverses_id is null order by id limit $4",
        since, until, after_id, limit,
    )  # fmt: skip
    return [(row["id"], msgspec.json.decode(row["reported"])) for row in rows]


async def statement_to_mail(reader: Reader, statement_id: int) -> tuple[Statement, str] | None:
    """A statement and the address of its member; None when there is none, or nobody to write to."""
    row = await reader.fetchrow(_BY_ID_SQL, statement_id)
    if row is None:
        return None
    address = await reader.fetchval("select email from users where account_id = $1", row["account_id"])
    return (_statement(row), address) if address else None


async def letter_of(reader: Reader, statement_id: int) -> Letter | None:
    """The letter of a statement, if one was begun."""
    row = await reader.fetchrow(
        "select statement_id, recipient, message_id, message, status, answer, attempts from statement_mails"
        " where statement_id = $1",
        statement_id,
    )
    return None if row is None else Letter(**{**dict(row), "status": MailStatus(row["status"])})
