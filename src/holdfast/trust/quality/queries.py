"""Reads of second looks and of what they say of the desk, for the staff alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.estimates import Counts
from .errors import LookNotThere
from .model import ErrorClass, Judgement, Look, LookKind, Results

_COLUMNS = """
select id, kind, case_id, first_decision_id, first_reviewer_id, gold_id, parent_id, lane, policy, language,
       expected::text as expected, opened_at, reviewer_id, verdict::text as verdict, note, judged_at, agreed, error_class,
       tested_id, was_right, objection, objection_granted, objection_answer
from quality_looks
"""
_OF_CASE_SQL = f"{_COLUMNS} where case_id = $1"
_ONE_SQL = f"{_COLUMNS} where id = $1"
_LOCK_SQL = f"{_COLUMNS} where case_id = $1 for update"
_LOCK_ONE_SQL = f"{_COLUMNS} where id = $1 for update"
_CHAIN_SQL = f"{_COLUMNS} where id = $1 or parent_id = $1 order by id"
_TESTED_SQL = f"""{_COLUMNS}
where tested_id = $1 and was_right is not null and judged_at is not null order by judged_at desc limit $2
"""
_OBJECTED_SQL = f"{_COLUMNS} where objection is not null and settled_at is null order by objected_at limit $1"
_PAIRS_SQL = f"""{_COLUMNS}
where kind in ('second', 'requeue') and judged_at >= $1 and verdict is not null order by id
"""
_RESULTS_SQL = """
select count(*) filter (where was_right) as right_ones, count(*) as of from quality_looks
where tested_id = $1 and was_right is not null and judged_at >= $2 and not coalesce(objection_granted, false)
"""
_PRECISION_SQL = """
select c.source, count(*) filter (where c.outcome = 'actioned' and d.undone_at is null) as good, count(*) as decided
from cases c join decisions d on d.id = c.decision_id
where c.track = 'main' and c.closed_at >= $1 and c.outcome in ('actioned', 'no_violation', 'dismissed', 'restored')
group by 1
"""
_SAMPLES_SQL = """
select count(*) filter (where c.outcome = 'actioned' and d.undone_at is null) as bad, count(*) as sampled
from quality_looks l join cases c on c.id = l.case_id left join decisions d on d.id = c.decision_id
where l.kind = 'sample' and l.opened_at >= $1 and c.closed_at is not null
  and c.outcome in ('actioned', 'no_violation', 'dismissed', 'restored')
"""
# Public posts that were acted on, of the time that samples are of.
_FOUND_SQL = """
select count(distinct p.id) from decisions d join effects e on e.decision_id = d.id and e.subject_kind = 'post'
join posts p on p.id = e.subject_key::bigint
where d.outcome = 'actioned' and d.undone_at is null and p.visibility = 0 and p.id > $1 and p.id <= $2
  and not exists (select 1 from cases c where c.id = d.case_id and c.track = 'sample')
"""
# The last thing people said of what a rule, or an output of the model, held: each case once for each.
_OVERTURNS_SQL = """
select rule, version, count(*) as decided, count(*) filter (where overturned) as overturned, max(closed_at) as last_at
from (
  select distinct on (c.id, rule) c.id, r.rule, v.version, c.closed_at,
         (c.outcome in ('no_violation', 'dismissed', 'restored') or d.undone_at is not null) as overturned
  from cases c join decisions d on d.id = c.decision_id and d.made_by in ('staff', 'operator')
  join case_members m on m.case_id = c.id and m.subject_kind = 'post'
  join post_verdicts v on v.post_id = m.subject_key::bigint and v.action = 'hold' and v.at <= c.closed_at
  cross join lateral unnest(v.rules) as r (rule)
  where c.closed_at >= $1 and c.track = 'main' and c.outcome in ('actioned', 'no_violation', 'dismissed', 'restored')
    and c.closed_at > coalesce((select max(s.at) from screening_rule_stages s where s.rule_id = r.rule), '-infinity')
  order by c.id, rule, v.id desc) as said
where rule not like 'note.%' group by 1, 2 order by 1, 2
"""
_judgements = msgspec.json.Decoder(Judgement)


def _look(row: Row) -> Look:
    values: dict[str, Any] = dict(row)
    values["kind"] = LookKind(row["kind"])
    for name in ("expected", "verdict"):
        values[name] = None if row[name] is None else _judgements.decode(row[name])
    values["error_class"] = None if row["error_class"] is None else ErrorClass(row["error_class"])
    return Look(**values)


async def look_of_case(reader: Reader, case_id: int) -> Look | None:
    """The look that a case is, if it is one."""
    row = await reader.fetchrow(_OF_CASE_SQL, case_id)
    return None if row is None else _look(row)


async def lock_look_of_case(reader: Reader, case_id: int) -> Look:
    """The same, kept as it is until this transaction ends. Raises LookNotThere."""
    row = await reader.fetchrow(_LOCK_SQL, case_id)
    if row is None:
        raise LookNotThere
    return _look(row)


async def lock_look(reader: Reader, look_id: int) -> Look:
    """One by its id, kept as it is. Raises LookNotThere."""
    row = await reader.fetchrow(_LOCK_ONE_SQL, look_id)
    if row is None:
        raise LookNotThere
    return _look(row)


async def looks_about(reader: Reader, look: Look) -> list[Look]:
    """A look and those that belong to it: of an adjudication, the one that disagreed."""
    return [_look(row) for row in await reader.fetch(_CHAIN_SQL, look.parent_id or look.id)]


async def results_of(reader: Reader, account_id: int, since: Instant) -> Results:
    """How somebody did since then, in what the answer is known of."""
    row = await reader.fetchrow(_RESULTS_SQL, account_id, since)
    return Results(row["right_ones"], row["of"]) if row is not None else Results(0, 0)


async def tested_looks(reader: Reader, account_id: int, *, limit: int) -> list[Look]:
    """What somebody was tested by, the newest first: feedback."""
    return [_look(row) for row in await reader.fetch(_TESTED_SQL, account_id, limit)]


async def open_objections(reader: Reader, *, limit: int) -> list[Look]:
    """Results that somebody does not agree with, the oldest first."""
    return [_look(row) for row in await reader.fetch(_OBJECTED_SQL, limit)]


async def judged_pairs(reader: Reader, since: Instant) -> list[Look]:
    """Decisions that a second person judged blind."""
    return [_look(row) for row in await reader.fetch(_PAIRS_SQL, since)]


async def last_failure(reader: Reader, account_id: int) -> Instant | None:
    """When somebody's results last fell below the bound: they begin anew from there."""
    found: Instant | None = await reader.fetchval(
        "select max(at) from quality_failures where account_id = $1", account_id
    )
    return found


async def failures(reader: Reader, since: Instant) -> list[dict[str, Any]]:
    """Whose results fell below the bound since then, the newest first."""
    rows = await reader.fetch(
        "select account_id, was_right, of_results, requeued, at from quality_failures where at >= $1 order by id desc",
        since,
    )
    return [dict(row) for row in rows]


async def gold_items(reader: Reader) -> list[dict[str, Any]]:
    """Every gold item in use, with how often it was answered and how often rightly."""
    rows = await reader.fetch(
        "select g.id, g.case_id, g.expected::text as expected, g.note, g.chosen_by, g.chosen_at,"
        " count(l.judged_at) as answered, count(*) filter (where l.was_right) as right_ones"
        " from gold_items g left join quality_looks l on l.gold_id = g.id where g.retired_at is null"
        " group by g.id order by g.id desc"
    )
    return [{**dict(row), "expected": _judgements.decode(row["expected"])} for row in rows]


async def draws(reader: Reader, *, limit: int, kind: str | None = None) -> list[dict[str, Any]]:
    """What was drawn, the newest first, with the seeds. `kind`: second or sample; None: both."""
    rows = await reader.fetch(
        "select id, kind, encode(seed, 'hex') as seed, seed_source, tree_size, from_id, until_id, population, drawn, at"
        " from quality_draws where $2::text is null or kind = $2 order by id desc limit $1",
        limit, kind,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def counts(reader: Reader, since: Instant) -> Counts:
    """What was counted since then."""
    sample = await reader.fetchrow(_SAMPLES_SQL, since)
    spans = await reader.fetchrow(
        "select coalesce(sum(population), 0) as population, coalesce(min(from_id), 0) as from_id,"
        " coalesce(max(until_id), 0) as until_id from quality_draws where kind = 'sample' and at >= $1",
        since,
    )
    if sample is None or spans is None:
        raise AssertionError("a count always has a row")
    found = await reader.fetchval(_FOUND_SQL, spans["from_id"], spans["until_id"])
    precision = {
        row["source"]: (row["good"], row["decided"]) for row in await reader.fetch(_PRECISION_SQL, since)
    }
    looked, errors = _mistakes(await judged_pairs(reader, since), await _adjudicated(reader, since))
    return Counts(sample["sampled"], sample["bad"], spans["population"], found, precision, looked, errors)


async def _adjudicated(reader: Reader, since: Instant) -> dict[int, ErrorClass | None]:
    rows = await reader.fetch(
        "select parent_id, error_class from quality_looks where kind = 'adjudication' and judged_at >= $1",
        since,
    )
    return {
        row["parent_id"]: None if row["error_class"] is None else ErrorClass(row["error_class"])
        for row in rows
    }


def _mistakes(
    pairs: Sequence[Look], adjudicated: Mapping[int, ErrorClass | None]
) -> tuple[int, dict[str, int]]:
    """Decisions drawn that were judged to the end, and the mistakes among them. A failing reviewer's are not drawn."""
    looked, found = 0, dict.fromkeys((one.value for one in ErrorClass), 0)
    for look in pairs:
        if look.kind is not LookKind.SECOND or not (look.agreed or look.id in adjudicated):
            continue
        looked += 1
        error = adjudicated.get(look.id)
        if error is not None:
            found[error.value] += 1
    return looked, found


class Overturned(msgspec.Struct, frozen=True):
    """What people said of the cases in which a rule, or an output of the model, hid something."""

    rule: str
    decided: int
    overturned: int
    version: str


async def overturns(reader: Reader, since: Instant) -> list[Overturned]:
    """By rule, since then and since the rule's last step; of versions that judged, the last one's name is told."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in await reader.fetch(_OVERTURNS_SQL, since):
        grouped[row["rule"]].append(row)
    return [
        Overturned(
            rule, sum(row["decided"] for row in rows), sum(row["overturned"] for row in rows),
            max(rows, key=lambda row: row["last_at"])["version"],
        )
        for rule, rows in sorted(grouped.items())
    ]  # fmt: skip
