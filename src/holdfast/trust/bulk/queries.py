"""What bulk queries find, and plans."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...platform.ids import id_at
from ...social.bans import link_forms
from ..decisions import Ruling
from ..effects import NewEffect, SubjectKind, value_of
from .errors import PlanNotThere
from .model import BulkPlan, BulkQuery, Found

_LAST_ID = (1 << 63) - 1
# $7 a rule, $8 its file's version, $9 what screening said last, $10 the plain start of a link, $11 a part of the text
_FIND_SQL = """
select p.id, p.account_id, p.state from posts p join accounts a on a.id = p.account_id
where p.boost_of_id is null and p.state <> 3 and p.id >= $1 and p.id < $2
  and ($3::bigint is null or p.account_id = $3)
  and ($4::text is null or coalesce(a.domain, $5) = $4)
  and ($7::text is null or exists (
        select 1 from post_verdicts v where v.post_id = p.id and $7 = any(v.rules)
          and ($8::text is null or $8 = any(string_to_array(v.version, ' ')) or strpos(v.version, '@' || $8 || '+') > 0)))
  and ($9::text is null or coalesce(
        (select v.action from post_verdicts v where v.post_id = p.id order by v.id desc limit 1), 'allow') = $9)
  and ($10::text is null or strpos(lower(p.text), $10) > 0)
  and ($11::text is null or strpos(lower(p.text), $11) > 0)
order by p.id limit $6
"""
# What the rule holds by itself: it hit last, no other rule did, and the post is still held.
_HELD_SQL = """
select p.id, p.account_id, p.state from posts p
cross join lateral (select rules, version, at from post_verdicts where post_id = p.id order by id desc limit 1) v
where p.state = 1 and $3 = any(v.rules) and v.at >= $1 and v.at < $2
  and ($4::text is null or $4 = any(string_to_array(v.version, ' ')) or strpos(v.version, '@' || $4 || '+') > 0)
  and not exists (select 1 from unnest(v.rules) as other (name) where name <> $3 and name not like 'note.%')
order by p.id limit $5
"""
# What decisions by the rule set and what is still in force, with the value that it has without them.
_AUTOMATIC_SQL = """
with ours as (
    select id from decisions where rule_id = $3 and made_by in ('rules', 'model') and made_at >= $1 and made_at < $2
      and ($4::text is null or rule_version = $4 or strpos(rule_version, $4 || '+') = 1) and undone_at is null)
select e.subject_kind, e.subject_key, e.aspect, max(e.account_id) as account_id, b.value as baseline,
       (select coalesce(jsonb_agg(jsonb_build_array(o.id, o.value)), '[]') from effects o
         where o.subject_kind = e.subject_kind and o.subject_key = e.subject_key and o.aspect = e.aspect and o.state = 1
           and o.decision_id not in (select id from ours))::text as others
from effects e join effect_baselines b using (subject_kind, subject_key, aspect)
where e.decision_id in (select id from ours) and e.state = 1 and e.aspect <> 'told'
group by e.subject_kind, e.subject_key, e.aspect, b.value order by 1, 2, 3 limit $5
"""
_PLAN_COLUMNS = """
select id, query::text as query, ruling::text as ruling, found, accounts, digest, reason, planned_by, planned_at, approved_by,
       approved_at, decision_id, run_at from bulk_plans
"""
_PLAN_SQL = f"{_PLAN_COLUMNS} where id = $1"
_LOCK_PLAN_SQL = f"{_PLAN_COLUMNS} where id = $1 for update"
_PLANS_SQL = f"{_PLAN_COLUMNS} where id < $1 order by id desc limit $2"
_BEGINNING = 0


async def find_posts(reader: Reader, query: BulkQuery, *, own_domain: str, limit: int) -> list[Found]:
    """The posts that a query means, oldest first, at most `limit`. own_domain: what this server calls itself."""
    if query.reverts:
        return await _held_by_rule(reader, query, limit)
    link = None
    if query.link:
        forms = link_forms(query.link)
        link = forms[-1] if forms else query.link.lower()
    rows = await reader.fetch(
        _FIND_SQL, id_at(query.since) if query.since else _BEGINNING, id_at(query.until) if query.until else _LAST_ID,
        query.account_id, query.domain.lower() or None, own_domain.lower(), limit, query.rule or None,
        query.rule_version or None, query.verdict or None, link, query.text.strip().lower() or None,
    )  # fmt: skip
    return [Found(row["id"], row["account_id"], row["state"]) for row in rows]


async def _held_by_rule(reader: Reader, query: BulkQuery, limit: int) -> list[Found]:
    since, until = _bounds(query)
    rows = await reader.fetch(_HELD_SQL, since, until, query.rule, query.rule_version or None, limit)
    return [Found(row["id"], row["account_id"], row["state"]) for row in rows]


async def automatic_effects(reader: Reader, query: BulkQuery, *, limit: int) -> list[NewEffect]:
    """What would give everything that decisions by the rule set the value that it has without them."""
    since, until = _bounds(query)
    rows = await reader.fetch(_AUTOMATIC_SQL, since, until, query.rule, query.rule_version or None, limit)
    found = []
    for row in rows:
        others = msgspec.json.decode(row["others"], type=list[tuple[int, str]])
        value = value_of(row["baseline"], others)
        found.append(
            NewEffect(
                SubjectKind(row["subject_kind"]), row["subject_key"], row["aspect"], value, row["account_id"]
            )
        )
    return found


def _bounds(query: BulkQuery) -> tuple[Instant, Instant]:
    return query.since or datetime(2000, 1, 1, tzinfo=UTC), query.until or datetime(9000, 1, 1, tzinfo=UTC)


async def get_plan(reader: Reader, plan_id: int, *, lock: bool = False) -> BulkPlan:
    """One; kept as it is until this transaction ends with `lock`. Raises PlanNotThere."""
    row = await (reader.fetchrow(_LOCK_PLAN_SQL, plan_id) if lock else reader.fetchrow(_PLAN_SQL, plan_id))
    if row is None:
        raise PlanNotThere
    return _plan(row)


async def plans(reader: Reader, *, limit: int, before_id: int | None = None) -> list[BulkPlan]:
    """Plans, the newest first."""
    return [_plan(row) for row in await reader.fetch(_PLANS_SQL, before_id or _LAST_ID, limit)]


def _plan(row: Row) -> BulkPlan:
    values = dict(row)
    values["query"] = msgspec.json.decode(row["query"], type=BulkQuery)
    values["ruling"] = msgspec.json.decode(row["ruling"], type=Ruling)
    return BulkPlan(**values)


_COVERED_SQL = """
select c.id, c.version from cases c
where c.closed_at is null and c.id in (
    select m.case_id from case_members m join effects e
      on e.decision_id = $1 and e.subject_kind = 'post' and m.subject_kind = 'post' and e.subject_key = m.subject_key
    where m.open)
  and not exists (
    select 1 from case_members m where m.case_id = c.id and m.open and not exists (
      select 1 from effects e where e.decision_id = $1 and e.subject_kind = m.subject_kind
        and e.subject_key = m.subject_key))
order by c.id limit $2
"""


async def covered_cases(reader: Reader, decision_id: int, *, limit: int) -> list[tuple[int, int]]:
    """Open cases all of whose subjects a decision was about: (id, version)."""
    return [(row["id"], row["version"]) for row in await reader.fetch(_COVERED_SQL, decision_id, limit)]
