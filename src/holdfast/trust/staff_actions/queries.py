"""Reads of the log, of what is derived from it, and of warnings."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader, Row
from ...pure.window import Window
from .model import (
    AccountWarning,
    ActorKind,
    StaffAction,
    Subject,
    SubjectKind,
    Versions,
    WarningKind,
    Why,
)
from .projection import BLANK, Applied, Change, Status, project

_PAGE_SQL = """
select id, actor_id, actor_role, verb, subject_kind, subject_id, subject_name, account_id, report_id, reason, policy,
       details::text as details, at, actor_kind, actor_name, policy_version, rule_version, model_version, case_id,
       decision_id, change::text as change, subject_seq, prior_state, record_id
from moderation_actions
where id < $1 and id > $2 and ($5::bigint is null or account_id = $5) and ($6::bigint is null or report_id = $6)
  and ($7::bigint is null or case_id = $7)
  and ($8::text is null or (subject_kind = $8 and coalesce(subject_id::text, subject_name, '') = $9))
order by case when $3::boolean then id end, id desc limit $4
"""
_OF_SUBJECTS_SQL = """
select w.kind as subject_kind, w.key, a.subject_seq, a.change::text as change, a.at, a.actor_name, a.decision_id
from unnest($1::text[], $2::text[]) as w (kind, key) join moderation_actions a
  on a.subject_kind = w.kind and coalesce(a.subject_id::text, a.subject_name, '') = w.key
order by 1, 2, 3
"""
_LOG_SQL = """
with wanted as (
    select distinct subject_kind, coalesce(subject_id::text, subject_name, '') as key from moderation_actions
    where (subject_kind, coalesce(subject_id::text, subject_name, '')) > ($1, $2) order by 1, 2 limit $3)
select w.subject_kind, w.key, a.subject_seq, a.change::text as change, a.at, a.actor_name, a.decision_id
from wanted w join moderation_actions a
  on a.subject_kind = w.subject_kind and coalesce(a.subject_id::text, a.subject_name, '') = w.key
order by 1, 2, 3
"""
_STATUSES_SQL = """
select subject_kind, subject_key, status::text as status from subject_status
where (subject_kind, subject_key) in (select * from unnest($1::text[], $2::text[]))
"""
_LOCKED_STATUSES_SQL = f"{_STATUSES_SQL} order by 1, 2 for update"
_changes = msgspec.json.Decoder(Change)
_statuses = msgspec.json.Decoder(Status)


async def staff_actions(
    reader: Reader,
    page: Window,
    *,
    account_id: int | None = None,
    report_id: int | None = None,
    case_id: int | None = None,
    subject: Subject | None = None,
) -> list[StaffAction]:
    """One page of the log, newest first: of an account, a report, a case, a subject, or of everything. For staff alone."""
    rows = await reader.fetch(
        _PAGE_SQL, page.below, page.above, page.forward, page.limit, account_id, report_id, case_id,
        None if subject is None else subject.kind.value, None if subject is None else subject.key,
    )  # fmt: skip
    return [_action(row) for row in (rows[::-1] if page.forward else rows)]


def _action(row: Row) -> StaffAction:
    subject = Subject(
        SubjectKind(row["subject_kind"]), row["subject_id"], row["subject_name"], row["account_id"]
    )
    why = Why(row["reason"], row["policy"], row["report_id"])
    return StaffAction(
        row["id"], row["actor_id"], row["actor_role"], row["verb"], subject, why,
        msgspec.json.decode(row["details"]), row["at"], ActorKind(row["actor_kind"]), row["actor_name"],
        Versions(row["policy_version"], row["rule_version"], row["model_version"]), row["case_id"],
        row["decision_id"], _changes.decode(row["change"]), row["subject_seq"], row["prior_state"], row["record_id"],
    )  # fmt: skip


async def subject_status(reader: Reader, subject: Subject) -> Status:
    """What is derived of a subject's events; BLANK when it has none. For staff alone."""
    found = await subject_statuses(reader, [subject])
    return found.get((subject.kind, subject.key), BLANK)


async def subject_statuses(reader: Reader, subjects: list[Subject]) -> dict[tuple[SubjectKind, str], Status]:
    """The same of many, without those that have none."""
    found = await statuses_of(reader, [(one.kind.value, one.key) for one in subjects], lock=False)
    return {(SubjectKind(kind), key): status for (kind, key), status in found.items()}


async def statuses_of(
    reader: Reader, keys: list[tuple[str, str]], *, lock: bool
) -> dict[tuple[str, str], Status]:
    """Rows by kind and key."""
    kinds, names = [one[0] for one in keys], [one[1] for one in keys]
    rows = await reader.fetch(_LOCKED_STATUSES_SQL if lock else _STATUSES_SQL, kinds, names)
    return {(row["subject_kind"], row["subject_key"]): _statuses.decode(row["status"]) for row in rows}


async def statuses_from_log(reader: Reader, keys: list[tuple[str, str]]) -> dict[tuple[str, str], Status]:
    """What the log says of subjects by kind and key, without those that it does not know."""
    rows = await reader.fetch(_OF_SUBJECTS_SQL, [one[0] for one in keys], [one[1] for one in keys])
    return {name: status for name, (status, _) in _folded(rows).items()}


async def log_page(
    reader: Reader, kind: str, key: str, *, limit: int
) -> dict[tuple[str, str], tuple[Status, int]]:
    """What the log says of the next subjects after (kind, key), with how many events each has, in their order."""
    return _folded(await reader.fetch(_LOG_SQL, kind, key, limit))


def _folded(rows: list[Row]) -> dict[tuple[str, str], tuple[Status, int]]:
    found: dict[tuple[str, str], tuple[Status, int]] = {}
    for row in rows:
        name = (row["subject_kind"], row["key"])
        status, events = found.get(name, (BLANK, 0))
        found[name] = (project(status, _applied(row)), events + 1)
    return found


def _applied(row: Row) -> Applied:
    change = _changes.decode(row["change"])
    return Applied(row["subject_seq"], change, row["at"], row["actor_name"], row["decision_id"])


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
