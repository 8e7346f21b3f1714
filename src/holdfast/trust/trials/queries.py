"""Reads of trials, and of what rules hit, for the staff."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...platform.ids import id_at
from .errors import TrialNotThere
from .model import Trial, TrialState

_COLUMNS = """
select id, rule_id, source, posts, asked_by, asked_at, state, result::text as result, problem, done_at from rule_trials
"""
_ONE_SQL = f"{_COLUMNS} where id = $1"
_LAST_SQL = f"{_COLUMNS} where ($1::text is null or rule_id = $1) order by id desc limit $2"
# What it did, and what it would have done while it was on trial; each post once, by its last hit.
_HITS_SQL = """
select distinct on (post_id) post_id, action, version, at from (
  (select v.post_id, v.action, v.version, v.at from post_verdicts v
   where v.id >= $2 and $1 = any(v.rules) order by v.id desc limit $3)
  union all
  (select h.post_id, h.stage as action, h.version, h.at from screening_rule_hits h
   where h.rule_id = $1 and h.id >= $2 order by h.id desc limit $3)
) as hit order by post_id desc, at desc limit $3
"""


class RuleHit(msgspec.Struct, frozen=True):
    """A post that a rule hit. action: what screening did: allow, flag, hold, or shadow, canary for a rule on trial."""

    post_id: int
    action: str
    version: str
    at: Instant


async def get_trial(reader: Reader, trial_id: int) -> Trial:
    """One. Raises TrialNotThere."""
    row = await reader.fetchrow(_ONE_SQL, trial_id)
    if row is None:
        raise TrialNotThere
    return _trial(row)


async def trials(reader: Reader, rule_id: str | None = None, *, limit: int) -> list[Trial]:
    """The newest first: of one rule, or all."""
    return [_trial(row) for row in await reader.fetch(_LAST_SQL, rule_id, limit)]


async def rule_hits(reader: Reader, rule_id: str, since: Instant, *, limit: int) -> list[RuleHit]:
    """Posts that a rule hit since then, the newest first."""
    rows = await reader.fetch(_HITS_SQL, rule_id, id_at(since), limit)
    return [RuleHit(**dict(row)) for row in rows]


def _trial(row: Row) -> Trial:
    return Trial(**{**dict(row), "state": TrialState(row["state"])})
