"""Every statement that writes cases."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.near_duplicates import Print
from ...screening import Lane
from ..case_order import Order
from ..copies import JoinedAs
from .model import Signal, key_of

_INSERT_SQL = """
insert into cases (id, track, lane, priority, explain, source, category, policy, language, queue, subject_kind,
  subject_key, account_id, excluded_ids, severity, due_at, opened_at, signalled_at, ordered_at, parent_id, record_id, signals,
  members)
values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $17, $18, $19, 1, 1)
"""


async def insert_case(
    tx: Tx,
    case_id: int,
    signal: Signal,
    lane: Lane,
    order: Order,
    *,
    queue: str,
    record_id: str,
    now: Instant,
) -> None:
    """A new case, whose first member is the signal's subject."""
    kind, key = key_of(signal.subject)
    await tx.execute(
        _INSERT_SQL,
        case_id, signal.track, lane, order.priority, msgspec.json.encode(order.explain).decode(), signal.source.value,
        signal.category, signal.policy, signal.language, queue, kind, key, signal.subject.account_id,
        list(signal.excluded), signal.severity, signal.due_at, now, signal.parent_id, record_id,
    )  # fmt: skip


async def insert_member(
    tx: Tx, case_id: int, signal: Signal, how: JoinedAs, *, late: bool = False, now: Instant
) -> bool:
    """A subject of the case; whether it was none before. `late`: the case is decided."""
    kind, key = key_of(signal.subject)
    return (
        await tx.execute(
            "insert into case_members (case_id, subject_kind, subject_key, track, account_id, joined_as, after_decision,"
            " open, joined_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
            case_id, kind, key, signal.track, signal.subject.account_id, how.value, late, not late, now,
        )
        > 0
    )  # fmt: skip


async def insert_signal(tx: Tx, case_id: int, signal: Signal, lane: Lane, now: Instant) -> bool:
    """Why it is there; whether it is news: a report says one thing of one subject once."""
    kind, key = key_of(signal.subject)
    return (
        await tx.execute(
            "insert into case_signals (id, case_id, source, subject_kind, subject_key, lane, category, severity, report_id,"
            " rules, version, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
            " on conflict do nothing",
            new_id(now), case_id, signal.source.value, kind, key, lane, signal.category, signal.severity,
            signal.report_id, list(signal.rules), signal.version, now,
        )
        > 0
    )  # fmt: skip


_JOIN_SQL = """
update cases set signals = signals + $8, members = members + $2, signalled_at = $3, lane = least(lane, $4),
  severity = greatest(severity, $5), version = version + (lane > $4)::int,
  policy = coalesce(policy, $6), due_at = least(due_at, $7),
  excluded_ids = array(select distinct unnest(excluded_ids || $9::bigint[])), ordered_at = case when lane > $4 then 'epoch' else ordered_at end
where id = $1
"""


async def join_case(
    tx: Tx, case_id: int, signal: Signal, lane: Lane, *, members: int, signals: int, now: Instant
) -> None:
    """Count a signal in. The version moves when the lane gets more urgent. More of the same moves nothing: a burst must
    not keep anybody from deciding."""
    await tx.execute(
        _JOIN_SQL,
        case_id,
        members,
        now,
        lane,
        signal.severity,
        signal.policy,
        signal.due_at,
        signals,
        list(signal.excluded),
    )


async def insert_print(
    tx: Tx, case_id: int, signal: Signal, found: Print, *, first: bool, thread_id: int | None, link: str | None,
    media: list[str], now: Instant,
) -> None:  # fmt: skip
    """What a member looks like."""
    kind, key = key_of(signal.subject)
    await tx.execute(
        "insert into case_prints (case_id, subject_kind, subject_key, exact, slotted, first, words, thread_id, text, link,"
        " media, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing",
        case_id, kind, key, found.exact, found.slotted, first, found.words, thread_id, found.text, link, media, now,
    )  # fmt: skip
    if first and found.bands:
        await tx.execute(
            "insert into case_bands (value, case_id) select distinct unnest($1::bigint[]), $2::bigint on conflict do nothing",
            list(found.bands), case_id,
        )  # fmt: skip


async def set_order(tx: Tx, rows: list[tuple[int, str, Order, int]], *, new: bool, now: Instant) -> None:
    """New numbers of open cases, the lane that what is known of them asks for now, and their interactions so far.

    new: nobody has read them yet, so their version stays.
    """
    await tx.execute(
        "update cases c set priority = n.priority, explain = n.explain::jsonb, lane = least(c.lane, n.lane),"
        " version = version + (c.lane > n.lane and not $7)::int, ordered_at = $5, interactions = n.interactions"
        " from unnest($1::bigint[], $2::text[], $3::real[], $4::text[], $6::int[])"
        "  as n (id, lane, priority, explain, interactions)"
        " where c.id = n.id and c.closed_at is null",
        [row[0] for row in rows], [row[1] for row in rows], [row[2].priority for row in rows],
        [msgspec.json.encode(row[2].explain).decode() for row in rows], now, [row[3] for row in rows], new,
    )  # fmt: skip


async def set_claim(tx: Tx, case_id: int, account_id: int, *, lease_seconds: float, now: Instant) -> None:
    """Somebody is at work on it until the lease ends."""
    await tx.execute(
        "update cases set claimed_id = $2, claimed_at = case when claimed_id is distinct from $2 or lease_until <= $3"
        " then $3 else claimed_at end, lease_until = $4 where id = $1",
        case_id, account_id, now, now + timedelta(seconds=lease_seconds),
    )  # fmt: skip


async def drop_claim(tx: Tx, case_id: int) -> None:
    """Nobody is at work on it."""
    await tx.execute(
        "update cases set claimed_id = null, claimed_at = null, lease_until = null where id = $1", case_id
    )


async def set_assignee(tx: Tx, case_id: int, account_id: int | None) -> None:
    """Whose work it is to be."""
    await tx.execute("update cases set assigned_id = $2 where id = $1", case_id, account_id)


async def set_escalated(tx: Tx, case_id: int, at: Instant | None) -> None:
    """Somebody of a higher role is to look."""
    await tx.execute("update cases set escalated_at = $2, version = version + 1 where id = $1", case_id, at)


async def set_queues(tx: Tx, moved: list[tuple[int, str]]) -> None:
    """Where open cases wait, by their ids."""
    await tx.execute(
        "update cases c set queue = n.queue from unnest($1::bigint[], $2::text[]) as n (id, queue)"
        " where c.id = n.id and c.closed_at is null",
        [one[0] for one in moved], [one[1] for one in moved],
    )  # fmt: skip


async def insert_skip(tx: Tx, case_id: int, account_id: int, reason: str, until: Instant) -> None:
    """Do not offer it to them until then."""
    await tx.execute(
        "insert into case_skips (case_id, account_id, reason, until) values ($1, $2, $3, $4)"
        " on conflict (case_id, account_id) do update set reason = excluded.reason, until = excluded.until",
        case_id, account_id, reason, until,
    )  # fmt: skip


async def close(
    tx: Tx, case_id: int, *, decision_id: int | None, outcome: str, by: int | None, now: Instant
) -> None:
    """It needs nobody any more; nor do its members in this track."""
    await tx.execute(
        "update cases set closed_at = $5, decision_id = $2, outcome = $3, decided_by = $4, version = version + 1,"
        " claimed_id = null, claimed_at = null, lease_until = null where id = $1",
        case_id, decision_id, outcome, by, now,
    )  # fmt: skip
    await tx.execute("update case_members set open = false where case_id = $1 and open", case_id)


async def reopen(tx: Tx, case_id: int) -> None:
    """It needs somebody again; members that have another open case by now stay there."""
    await tx.execute(
        "update cases set closed_at = null, decision_id = null, outcome = null, decided_by = null,"
        " version = version + 1, ordered_at = 'epoch' where id = $1",
        case_id,
    )
    await tx.execute(
        "update case_members m set open = true where case_id = $1 and not exists (select 1 from case_members o"
        " where o.subject_kind = m.subject_kind and o.subject_key = m.subject_key and o.track = m.track and o.open)",
        case_id,
    )


async def fold(tx: Tx, case_id: int, into: int, now: Instant) -> None:
    """Members, signals and what members look like belong to another case; this one is closed."""
    moved = await tx.fetch(
        "update case_members set case_id = $2, joined_as = 'together' where case_id = $1 and open returning subject_key",
        case_id, into,
    )  # fmt: skip
    signals = await tx.execute("update case_signals set case_id = $2 where case_id = $1", case_id, into)
    await tx.execute("delete from case_bands where case_id = $1", case_id)
    await tx.execute("update case_prints set case_id = $2, first = false where case_id = $1", case_id, into)
    await tx.execute(
        "update cases set members = members + $2, signals = signals + $3, signalled_at = $4, version = version + 1"
        " where id = $1",
        into, len(moved), signals, now,
    )  # fmt: skip
    await tx.execute(
        "update cases set closed_at = $3, outcome = 'grouped', parent_id = $2, version = version + 1, claimed_id = null,"
        " claimed_at = null, lease_until = null where id = $1",
        case_id, into, now,
    )  # fmt: skip


async def move_version(tx: Tx, case_id: int) -> None:
    """What was read is not what is to be decided any more."""
    await tx.execute("update cases set version = version + 1 where id = $1", case_id)


async def remove_print(tx: Tx, case_id: int, kind: str, key: str) -> None:
    """A member does not look like that any more; it is the only one."""
    await tx.execute("delete from case_bands where case_id = $1", case_id)
    await tx.execute(
        "delete from case_prints where case_id = $1 and subject_kind = $2 and subject_key = $3",
        case_id, kind, key,
    )  # fmt: skip


async def detach_member(tx: Tx, case_id: int, kind: str, key: str) -> None:
    """A subject leaves a case that has others; the oldest of those is the first one from now on, if it was it."""
    await tx.execute(
        "delete from case_members where case_id = $1 and subject_kind = $2 and subject_key = $3",
        case_id, kind, key,
    )  # fmt: skip
    await tx.execute(
        "with next as (select subject_kind, subject_key, account_id from case_members where case_id = $1"
        "  order by joined_as <> 'first', joined_at, subject_key limit 1),"
        " promoted as (update case_members m set joined_as = 'first' from next"
        "  where m.case_id = $1 and m.subject_kind = next.subject_kind and m.subject_key = next.subject_key)"
        " update cases c set members = c.members - 1, version = c.version + 1, subject_kind = next.subject_kind,"
        "  subject_key = next.subject_key, account_id = next.account_id from next where c.id = $1",
        case_id,
    )
