"""Reads of the record and of warnings."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader, Row
from ...pure.window import Window
from .model import AccountWarning, StaffAction, Subject, SubjectKind, WarningKind, Why

_PAGE_SQL = """
select id, actor_id, actor_role, verb, subject_kind, subject_id, subject_name, account_id, report_id, reason, policy,
       details::text as details, at
from moderation_actions
where id < $1 and id > $2 and ($5::bigint is null or account_id = $5) and ($6::bigint is null or report_id = $6)
order by case when $3::boolean then id end, id desc limit $4
"""


async def staff_actions(
    reader: Reader, page: Window, *, account_id: int | None = None, report_id: int | None = None
) -> list[StaffAction]:
    """One page of the record, newest first: of one account, of one report, or of everything. For staff alone."""
    rows = await reader.fetch(
        _PAGE_SQL, page.below, page.above, page.forward, page.limit, account_id, report_id
    )
    return [_action(row) for row in (rows[::-1] if page.forward else rows)]


def _action(row: Row) -> StaffAction:
    subject = Subject(
        SubjectKind(row["subject_kind"]), row["subject_id"], row["subject_name"], row["account_id"]
    )
    why = Why(row["reason"], row["policy"], row["report_id"])
    return StaffAction(
        row["id"], row["actor_id"], row["actor_role"], row["verb"], subject, why,
        msgspec.json.decode(row["details"]), row["at"],
    )  # fmt: skip


async def account_warnings(
    reader: Reader, account_id: int, ids: list[int] | None = None
) -> list[AccountWarning]:
    """What an account was told, newest first; only those of `ids` if given. For that account, and for staff."""
    rows = await reader.fetch(
        "select id, account_id, action, text, post_ids, created_at from account_warnings"
        " where account_id = $1 and ($2::bigint[] is null or id = any($2)) order by id desc",
        account_id, ids,
    )  # fmt: skip
    return [
        AccountWarning(
            **{**dict(row), "action": WarningKind(row["action"]), "post_ids": list(row["post_ids"])}
        )
        for row in rows
    ]
