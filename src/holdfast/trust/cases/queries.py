"""Reads of cases, for the staff alone."""

from __future__ import annotations

from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.near_duplicates import BANDS
from ..copies import JoinedAs
from .errors import CaseNotThere
from .model import (
    MAIN,
    Case,
    CaseMember,
    CaseSignal,
    QueueFilter,
    Source,
    subject_of,
)

_COLUMNS = """
select c.id, c.track, c.lane, c.priority, c.explain::text as explain, c.source, c.category, c.policy, c.language, c.queue,
       c.subject_kind, c.subject_key, c.account_id, c.version, c.escalated_at, c.assigned_id, c.claimed_id, c.claimed_at,
       c.lease_until, c.excluded_ids, c.severity, c.signals, c.members, c.due_at, c.opened_at, c.signalled_at,
       c.closed_at, c.decided_by, c.decision_id, c.outcome, c.parent_id,
       c.record_id
from cases c
"""
_SOME_SQL = f"{_COLUMNS} where c.id = any($1::bigint[])"
_LOCK_SQL = f"{_COLUMNS} where c.id = $1 for update"
# The order of work: lane, then the number. `$1..$3` is where the page before ended.
_QUEUE_SQL = f"""{_COLUMNS}
where c.closed_at is null
  and (c.lane, -c.priority, c.id) > ($1, $2::real, $3::bigint)
  and ($4::text is null or c.queue = $4) and ($5::text is null or c.lane = $5)
  and ($6::text is null or c.track = $6) and ($7::text is null or c.language = $7)
  and ($8::text is null or c.category = $8) and ($9::text is null or c.source = $9)
  and ($10::bigint is null or c.account_id = $10) and ($11::bigint is null or c.assigned_id = $11)
  and ($12::bigint is null or c.claimed_id = $12)
order by c.lane, c.priority desc, c.id limit $13
"""
_SEARCH_SQL = f"""{_COLUMNS}
where c.id < $1 and ($2::boolean is null or (c.closed_at is not null) = $2)
  and ($3::text is null or c.queue = $3) and ($4::text is null or c.lane = $4)
  and ($5::text is null or c.track = $5) and ($6::text is null or c.language = $6)
  and ($7::text is null or c.category = $7) and ($8::text is null or c.source = $8)
  and ($9::bigint is null or c.account_id = $9) and ($10::bigint is null or c.assigned_id = $10)
  and ($11::bigint is null or c.claimed_id = $11)
order by c.id desc limit $12
"""
_START = ("", 0.0, 0)
_LAST_ID = (1 << 63) - 1


def case_of(row: Row) -> Case:
    """A row as a case."""
    values: dict[str, Any] = dict(row)
    kind, key, account_id = (
        values.pop("subject_kind"),
        values.pop("subject_key"),
        values.pop("account_id"),
    )
    values["subject"] = subject_of(kind, key, account_id)
    values["explain"] = msgspec.json.decode(values["explain"])
    values["source"] = Source(values["source"])
    values["excluded_ids"] = list(values["excluded_ids"])
    return Case(**values)


async def cases_by_id(reader: Reader, ids: list[int]) -> dict[int, Case]:
    """Those that are there."""
    return {row["id"]: case_of(row) for row in await reader.fetch(_SOME_SQL, ids)}


async def get_case(reader: Reader, case_id: int) -> Case:
    """One; raises CaseNotThere."""
    found = await cases_by_id(reader, [case_id])
    if case_id not in found:
        raise CaseNotThere
    return found[case_id]


async def lock_case(reader: Reader, case_id: int) -> Case:
    """One, kept as it is until this transaction ends; raises CaseNotThere."""
    row = await reader.fetchrow(_LOCK_SQL, case_id)
    if row is None:
        raise CaseNotThere
    return case_of(row)


async def queue_page(
    reader: Reader, wanted: QueueFilter, *, limit: int, after: Case | None = None
) -> list[Case]:
    """Open cases in the order of work; `after`: the last one of the page before."""
    lane, number, ident = _START if after is None else (after.lane, -after.priority, after.id)
    rows = await reader.fetch(
        _QUEUE_SQL, lane, number, ident, wanted.queue, wanted.lane, wanted.track, wanted.language, wanted.category,
        wanted.source, wanted.account_id, wanted.assigned_id, wanted.claimed_id, limit,
    )  # fmt: skip
    return [case_of(row) for row in rows]


async def search_page(
    reader: Reader, wanted: QueueFilter, *, limit: int, before_id: int | None = None
) -> list[Case]:
    """Cases, closed ones too if `wanted` says so, the newest first."""
    rows = await reader.fetch(
        _SEARCH_SQL, before_id or _LAST_ID, wanted.closed, wanted.queue, wanted.lane, wanted.track, wanted.language,
        wanted.category, wanted.source, wanted.account_id, wanted.assigned_id, wanted.claimed_id, limit,
    )  # fmt: skip
    return [case_of(row) for row in rows]


async def members(
    reader: Reader, case_id: int, *, limit: int | None = None, after_decision: bool | None = None
) -> list[CaseMember]:
    """The subjects of a case, the first one first."""
    rows = await reader.fetch(
        "select subject_kind, subject_key, account_id, joined_as, after_decision, joined_at from case_members"
        " where case_id = $1 and ($2::boolean is null or after_decision = $2)"
        " order by joined_at, joined_as <> 'first', subject_key limit $3",
        case_id, after_decision, limit,
    )  # fmt: skip
    return [
        CaseMember(
            subject_of(row["subject_kind"], row["subject_key"], row["account_id"]),
            JoinedAs(row["joined_as"]), row["after_decision"], row["joined_at"],
        )
        for row in rows
    ]  # fmt: skip


async def case_signals(reader: Reader, case_id: int, *, limit: int) -> list[CaseSignal]:
    """Why it is there, the newest first."""
    rows = await reader.fetch(
        "select s.id, s.source, s.subject_kind, s.subject_key, s.lane, s.category, s.severity, s.report_id, s.rules,"
        " s.version, s.at from case_signals s where s.case_id = $1 order by s.id desc limit $2",
        case_id, limit,
    )  # fmt: skip
    return [
        CaseSignal(
            row["id"], Source(row["source"]), subject_of(row["subject_kind"], row["subject_key"], None),
            row["lane"], row["category"], row["severity"], row["report_id"], list(row["rules"]), row["version"],
            row["at"],
        )
        for row in rows
    ]  # fmt: skip


async def reports_of(reader: Reader, case_id: int) -> list[int]:
    """Ids of the reports that joined a case."""
    rows = await reader.fetch(
        "select distinct report_id from case_signals where case_id = $1 and report_id is not null order by 1",
        case_id,
    )
    return [row[0] for row in rows]


async def cases_of_report(reader: Reader, report_id: int) -> list[int]:
    """Ids of the cases that a report is part of."""
    rows = await reader.fetch(
        "select distinct case_id from case_signals where report_id = $1 order by 1", report_id
    )
    return [row[0] for row in rows]


async def open_case_of(reader: Reader, kind: str, key: str, *, track: str = MAIN) -> int | None:
    """The open case that a subject belongs to, if any."""
    found: int | None = await reader.fetchval(
        "select case_id from case_members where subject_kind = $1 and subject_key = $2 and track = $3 and open",
        kind, key, track,
    )  # fmt: skip
    return found


async def last_decided_of(reader: Reader, kind: str, key: str) -> tuple[int, Instant, str, int | None] | None:
    """The last closed main case that a subject belongs to: id, when it was closed, its lane, the decision."""
    row = await reader.fetchrow(
        "select c.id, c.closed_at, c.lane, c.decision_id from case_members m join cases c on c.id = m.case_id"
        " where m.subject_kind = $1 and m.subject_key = $2 and c.track = 'main' and c.closed_at is not null"
        " order by c.id desc limit 1",
        kind, key,
    )  # fmt: skip
    return None if row is None else (row["id"], row["closed_at"], row["lane"], row["decision_id"])


async def stale_cases(reader: Reader, older_than: Instant, *, limit: int) -> list[int]:
    """Open cases whose number was last worked out before that, the longest ago first."""
    rows = await reader.fetch(
        "select id from cases where closed_at is null and ordered_at < $1 order by ordered_at limit $2",
        older_than, limit,
    )  # fmt: skip
    return [row[0] for row in rows]


# What keeps somebody ($1) from a case: they are its author, reported it, had a part in what it is about, or are tied to
# the author. `$2`: whether ties count.
_CONFLICT = """
(coalesce(c.account_id = $1, false) or $1 = any(c.excluded_ids)
  or exists (select 1 from case_members m where m.case_id = c.id and m.account_id = $1)
  or exists (select 1 from case_signals s join reports r on r.id = s.report_id where s.case_id = c.id and r.account_id = $1)
  or ($2::boolean and c.account_id is not null and (
      exists (select 1 from follows f where f.follower_id = $1 and f.followed_id = c.account_id)
      or exists (select 1 from blocks b where (b.account_id = $1 and b.target_id = c.account_id)
                                           or (b.account_id = c.account_id and b.target_id = $1)))))
"""
_CONFLICTS_SQL = f"select coalesce((select {_CONFLICT} from cases c where c.id = $3), false)"
_NEXT_SQL = f"""
select c.id from cases c
where c.closed_at is null
  and (c.claimed_id is null or c.claimed_id = $1 or c.lease_until is null or c.lease_until <= $3)
  and (c.assigned_id is null or c.assigned_id = $1)
  and (c.escalated_at is null or c.assigned_id = $1
       or exists (select 1 from users u where u.account_id = $1 and u.role in ('admin', 'owner')))
  and ($4::text is null or c.queue = $4) and ($5::text is null or c.lane = $5)
  and ($6::text is null or c.language is null or c.language = $6)
  and not c.category = any($7::text[])
  and c.queue not in (select m.queue from desk_queue_members m group by m.queue
                      having not bool_or(m.account_id = $1 and coalesce(m.starts_at, $3) <= $3
                                         and coalesce(m.ends_at, 'infinity') > $3))
  and not exists (select 1 from case_skips k where k.case_id = c.id and k.account_id = $1 and k.until > $3)
  and not {_CONFLICT}
order by c.lane, c.priority desc, c.id limit 1
for update of c skip locked
"""
_HELD_SQL = """
select id from cases where closed_at is null and claimed_id = $1 and lease_until > $2
  and ($3::text is null or queue = $3) and ($4::text is null or lane = $4)
order by claimed_at limit 1 for update skip locked
"""


async def conflicts(reader: Reader, case_id: int, account_id: int, *, relations: bool) -> bool:
    """Whether a case concerns somebody: own posts and reports, what they decided before when it is appealed or looked at
    again, and, with `relations`, authors whom they follow, block, or are blocked by."""
    return bool(await reader.fetchval(_CONFLICTS_SQL, account_id, relations, case_id))


async def next_cases(
    reader: Reader, account_id: int, *, queue: str | None, lane: str | None, language: str | None,
    without: list[str], relations: bool, now: Instant,
) -> list[int]:  # fmt: skip
    """The first case in the order of work that somebody may have, locked: what they hold, else what is free."""
    rows = await reader.fetch(_HELD_SQL, account_id, now, queue, lane)
    if not rows:
        rows = await reader.fetch(_NEXT_SQL, account_id, relations, now, queue, lane, language, without)
    return [row[0] for row in rows]


async def similar_cases(reader: Reader, case_id: int, *, limit: int) -> list[tuple[int, float]]:
    """Other cases whose first text shares bands with this one's, with the share of them."""
    rows = await reader.fetch(
        "select o.case_id, count(*)::float8 / $3 as share from case_bands b"
        " join case_bands o on o.value = b.value and o.case_id <> b.case_id"
        " where b.case_id = $1 group by o.case_id order by share desc, o.case_id desc limit $2",
        case_id, limit, BANDS,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def decided_alike(reader: Reader, case_id: int, *, limit: int) -> list[int]:
    """Other closed cases with the same subject, or the same text."""
    rows = await reader.fetch(
        "select c.id from cases c where c.closed_at is not null and c.id <> $1 and c.id in ("
        " select o.case_id from case_members m join case_members o"
        "   on o.subject_kind = m.subject_kind and o.subject_key = m.subject_key where m.case_id = $1"
        " union select o.case_id from case_prints p join case_prints o on o.exact = p.exact or o.slotted = p.slotted"
        "   where p.case_id = $1 and p.first)"
        " order by c.id desc limit $2",
        case_id, limit,
    )  # fmt: skip
    return [row[0] for row in rows]


async def first_is_withdrawn(reader: Reader, case_id: int) -> bool:
    """Whether the post that a case is about was taken away."""
    return bool(
        await reader.fetchval(
            "select exists (select 1 from cases c join posts p on c.subject_kind = 'post' and p.id = c.subject_key::bigint"
            " where c.id = $1 and p.state = 2)",
            case_id,
        )
    )
