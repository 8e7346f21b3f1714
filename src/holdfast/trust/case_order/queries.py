"""What is known of cases now, for their order."""

from __future__ import annotations

from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ..staff_actions import BLANK, Status
from .model import LANE_SEVERITY, Facts, names_near_time
from .records import independent_reporters, reporter_records

_MEMBERS_READ = 200
_REPORTERS_READ = 200
_BOOST_SHOWN_TO = 50
_REACTION_SHOWN_TO = 10

# Only open cases: their members and signals are few but for large clusters, of which the first ones are looked at.
_FACTS_SQL = """
select c.id, c.lane, c.severity, c.opened_at, c.due_at, c.category, c.interactions as interactions_before, c.ordered_at,
       coalesce(n.followers, 0) as followers, s.status::text as status, pr.text, v.lane as verdict_lane, v.score,
       exists (select 1 from mentions m where c.subject_kind = 'post' and m.post_id = c.subject_key::bigint) as named,
       spread.boosts, spread.reactions, spread.since, reporters.ids as reporters
from cases c
left join account_counts n on n.account_id = c.account_id
left join subject_status s on s.subject_kind = 'account' and s.subject_key = c.account_id::text
left join case_prints pr on pr.case_id = c.id and pr.first
left join lateral (
    select v.lane, (select max(value::float8) from jsonb_each_text(v.scores)) as score from post_verdicts v
    where c.subject_kind = 'post' and v.post_id = c.subject_key::bigint and v.action <> 'allow' order by v.id desc limit 1
) v on true
left join lateral (
    select coalesce(sum(k.boosts), 0) as boosts, coalesce(sum(k.favourites + k.replies), 0) as reactions,
           min(p.created_at) as since
    from (select subject_key from case_members m where m.case_id = c.id and m.subject_kind = 'post' limit $2) m
    join posts p on p.id = m.subject_key::bigint join post_counts k on k.post_id = p.id
) spread on true
left join lateral (
    select array_agg(account_id) as ids from (
        select distinct r.account_id from case_signals g join reports r on r.id = g.report_id
        where g.case_id = c.id and r.account_id is not null limit $3) known
) reporters on true
where c.id = any($1::bigint[]) and c.closed_at is null
"""
_statuses = msgspec.json.Decoder(Status)


class CaseFacts(msgspec.Struct, frozen=True):
    """The facts of one case, the lane that its verdict asks for now, and its interactions so far."""

    case_id: int
    lane: str
    facts: Facts
    interactions: int


async def case_facts(
    reader: Reader, case_ids: list[int], *, targets: dict[str, float], now: Instant
) -> list[CaseFacts]:
    """What is known of these open cases. `targets`: seconds for each lane."""
    rows = await reader.fetch(_FACTS_SQL, case_ids, _MEMBERS_READ, _REPORTERS_READ)
    records = await reporter_records(reader, sorted({one for row in rows for one in row["reporters"] or ()}))
    several = [row["id"] for row in rows if len(row["reporters"] or ()) > 1]
    shares = await independent_reporters(reader, several)
    return [_facts(row, records, shares.get(row["id"]), targets, now) for row in rows]


def _facts(
    row: Row, records: dict[int, float], apart: float | None, targets: dict[str, float], now: Instant
) -> CaseFacts:
    lane = min(row["lane"], row["verdict_lane"] or row["lane"])
    status = BLANK if row["status"] is None else _statuses.decode(row["status"])
    interactions = int(row["boosts"] + row["reactions"])
    facts = Facts(
        severity=max(row["severity"], row["score"] or 0.0, LANE_SEVERITY[lane]),
        opened_at=row["opened_at"],
        target_seconds=targets[lane],
        imminent=names_near_time(row["text"] or ""),
        target="named" if row["named"] else None,
        reach=int(row["followers"] + _BOOST_SHOWN_TO * row["boosts"] + _REACTION_SHOWN_TO * row["reactions"]),
        interactions_hour=_speed(row, interactions, now),
        strikes=status.strikes_at(now),
        reporters=[records[one] for one in row["reporters"] or ()],
        independent=None if apart is None else apart * len(row["reporters"]),
        due_at=row["due_at"],
    )
    return CaseFacts(row["id"], lane, facts, interactions)


def _speed(row: Any, interactions: int, now: Instant) -> float:
    """Interactions in an hour: over the life of the posts, or since the number was last worked out if that is more."""
    if row["since"] is None or interactions == 0:
        return 0.0
    whole = interactions / _hours(row["since"], now)
    before = row["ordered_at"]
    if before is None or before.year < 2000 or before >= now or before <= row["opened_at"]:
        return whole
    return float(max(whole, (interactions - row["interactions_before"]) / _hours(before, now)))


def _hours(since: Instant, now: Instant) -> float:
    return max((now - since).total_seconds() / 3600.0, 0.25)
