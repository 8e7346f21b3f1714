"""Reads of appeals: those of the staff, and what a member reads of one's own."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.window import Window
from .errors import AppealNotThere
from .model import Appeal, AppealKind, Message, Outcome

_COLUMNS = """
select id, kind, account_id, decision_id, post_id, report_id, about_case_id, case_id, policy, rules, model, language,
       first_reviewer_id, record_id, filed_at, due_at, breached_at, outcome, answer, decided_by, decided_at,
       decided_record_id, new_decision_id
from appeals
"""
_PAGE_SQL = f"""{_COLUMNS}
where id < $1 and id > $2 and ($5::bigint is null or account_id = $5)
  and ($6::boolean is null or (outcome is null) = $6)
order by case when $3::boolean then id end, id desc limit $4
"""
_ONE_SQL = f"{_COLUMNS} where id = $1"
_LOCK_SQL = f"{_COLUMNS} where id = $1 for update"
_OF_CASE_SQL = f"{_COLUMNS} where case_id = $1 order by id"
_ABOUT_SQL = f"{_COLUMNS} where case_id = $1 or about_case_id = $1 order by id"
_OPEN_OF_DECISION_SQL = f"{_COLUMNS} where decision_id = $1 and outcome is null order by id for update"
_OPEN_HOLDS_SQL = f"""{_COLUMNS}
where kind = 'hold' and outcome is null and post_id = any($1::bigint[]) order by id for update
"""
_OF_DECISIONS_SQL = (
    f"{_COLUMNS} where account_id = $1 and kind = 'decision' and decision_id = any($2::bigint[])"
)
_OVERDUE_SQL = f"""{_COLUMNS}
where outcome is null and breached_at is null and due_at < $1 order by due_at limit $2 for update
"""


_OF_WARNINGS_SQL = """
select s.warning_id, s.id as statement_id, s.sent_at, s.reverses_id is not null as reversal,
       exists (select 1 from statements r where r.reverses_id = s.id) as reversed, a.outcome, a.due_at, a.filed_at,
       (select text from appeal_messages m where m.appeal_id = a.id order by id limit 1) as appeal_text
from statements s
left join appeals a on a.decision_id = s.decision_id and a.account_id = s.account_id and a.kind = 'decision'
  and s.reverses_id is null
where s.account_id = $1 and s.warning_id = any($2::bigint[])
"""


class Warned(msgspec.Struct, frozen=True):
    """The statement that a warning told of, and the appeal against its decision, as far as there is one.

    reversal: it tells that an earlier decision no longer holds; reversed: its own does not. appeal_text None: no appeal.
    """

    statement_id: int
    sent_at: Instant
    reversal: bool
    reversed: bool
    outcome: Outcome | None
    due_at: Instant | None
    filed_at: Instant | None
    appeal_text: str | None


def _appeal(row: Row) -> Appeal:
    values = dict(row)
    values["kind"], values["rules"] = AppealKind(row["kind"]), list(row["rules"])
    values["outcome"] = None if row["outcome"] is None else Outcome(row["outcome"])
    return Appeal(**values)


async def appeals_page(
    reader: Reader, page: Window, *, account_id: int | None = None, open: bool | None = None
) -> list[Appeal]:
    """One page, newest first: of one who appeals, or of all."""
    rows = await reader.fetch(_PAGE_SQL, page.below, page.above, page.forward, page.limit, account_id, open)
    return [_appeal(row) for row in (rows[::-1] if page.forward else rows)]


async def get_appeal(reader: Reader, appeal_id: int, *, account_id: int | None = None) -> Appeal:
    """One; with `account_id` only the own one. Raises AppealNotThere."""
    row = await reader.fetchrow(_ONE_SQL, appeal_id)
    if row is None or (account_id is not None and row["account_id"] != account_id):
        raise AppealNotThere
    return _appeal(row)


async def lock_appeal(reader: Reader, appeal_id: int) -> Appeal:
    """One, kept as it is until this transaction ends. Raises AppealNotThere."""
    row = await reader.fetchrow(_LOCK_SQL, appeal_id)
    if row is None:
        raise AppealNotThere
    return _appeal(row)


async def appeals_of_case(reader: Reader, case_id: int) -> list[Appeal]:
    """Those that a case is about, the first one first."""
    return [_appeal(row) for row in await reader.fetch(_OF_CASE_SQL, case_id)]


async def appeals_about(reader: Reader, case_id: int) -> list[Appeal]:
    """Those that wait in a case, and those against what was decided in it, the first one first."""
    return [_appeal(row) for row in await reader.fetch(_ABOUT_SQL, case_id)]


async def open_about_decision(reader: Reader, decision_id: int) -> list[Appeal]:
    """Open ones about a decision, locked."""
    return [_appeal(row) for row in await reader.fetch(_OPEN_OF_DECISION_SQL, decision_id)]


async def open_about_holds(reader: Reader, post_ids: Sequence[int]) -> list[Appeal]:
    """Open ones about holds of these posts, locked."""
    return [_appeal(row) for row in await reader.fetch(_OPEN_HOLDS_SQL, list(post_ids))]


async def messages_of(reader: Reader, appeal_ids: Sequence[int]) -> dict[int, list[Message]]:
    """What was said in each, in order."""
    found: dict[int, list[Message]] = {ident: [] for ident in appeal_ids}
    for row in await reader.fetch(
        "select appeal_id, id, from_staff, author_id, text, at from appeal_messages"
        " where appeal_id = any($1::bigint[]) order by id",
        list(appeal_ids),
    ):
        values = dict(row)
        found[values.pop("appeal_id")].append(Message(**values))
    return found


async def appeals_of_decisions(
    reader: Reader, account_id: int, decision_ids: Sequence[int]
) -> dict[int, Appeal]:
    """A member's own appeals, by the decision that each is about."""
    rows = await reader.fetch(
        _OF_DECISIONS_SQL,
        account_id, list(decision_ids),
    )  # fmt: skip
    return {row["decision_id"]: _appeal(row) for row in rows}


async def overdue_appeals(reader: Reader, now: Instant, *, limit: int) -> list[Appeal]:
    """Open ones whose time to be answered is over, and of which that was not noted yet; locked."""
    rows = await reader.fetch(
        _OVERDUE_SQL,
        now, limit,
    )  # fmt: skip
    return [_appeal(row) for row in rows]


async def warned(reader: Reader, account_id: int, warning_ids: Sequence[int]) -> dict[int, Warned]:
    """By warning of this member, the statement that goes with it; warnings without one are left out."""
    found = {}
    for row in await reader.fetch(_OF_WARNINGS_SQL, account_id, list(warning_ids)):
        values = dict(row)
        warning_id = values.pop("warning_id")
        values["outcome"] = None if row["outcome"] is None else Outcome(row["outcome"])
        found[warning_id] = Warned(**values)
    return found


async def open_holds_appealed(reader: Reader, account_id: int) -> dict[int, int]:
    """A member's own held posts that have an open appeal: the appeal by the post."""
    rows = await reader.fetch(
        "select post_id, id from appeals where account_id = $1 and kind = 'hold' and outcome is null",
        account_id,
    )
    return {row["post_id"]: row["id"] for row in rows}
