"""Reads: where rules stand, the steps that led there, and what rules did."""

from __future__ import annotations

from typing import cast

import msgspec

from holdfast.platform.clock import Instant
from holdfast.platform.db import Reader
from holdfast.screening.lifecycle import Stage, Standing


class Step(msgspec.Struct, frozen=True):
    """One recorded step of a rule."""

    rule_id: str
    fingerprint: str
    stage: str
    share: float
    taken_by: str
    reason: str
    at: Instant


class Figures(msgspec.Struct, frozen=True):
    """What one rule did since some time. `mean_us`: microseconds a look, of the looks that were timed."""

    rule_id: str
    posts: int
    hits: int
    authors: int
    errors: int
    mean_us: float | None
    last_hit_at: Instant | None


async def standings(reader: Reader) -> dict[str, Standing]:
    """The newest recorded standing of every rule that ever took a step."""
    rows = await reader.fetch(
        "select distinct on (rule_id) rule_id, stage, share, fingerprint from screening_rule_stages"
        " order by rule_id, id desc"
    )
    return {
        row["rule_id"]: Standing(cast(Stage, row["stage"]), row["share"], row["fingerprint"]) for row in rows
    }


async def steps(reader: Reader, rule_id: str | None, *, limit: int) -> list[Step]:
    """Steps of one rule or of all, the newest first."""
    rows = await reader.fetch(
        "select rule_id, fingerprint, stage, share, taken_by, reason, at from screening_rule_stages"
        " where $1::text is null or rule_id = $1 order by id desc limit $2",
        rule_id, limit,
    )  # fmt: skip
    return [Step(**dict(row)) for row in rows]


async def figures(reader: Reader, since: Instant) -> list[Figures]:
    """What rules did since then, those with most hits first."""
    rows = await reader.fetch(
        "select rule_id, sum(posts)::bigint as posts, sum(hits)::bigint as hits, sum(authors)::bigint as authors,"
        " sum(errors)::bigint as errors, sum(spent_us)::float8 / nullif(sum(asked), 0)::float8 as mean_us,"
        " max(slice_at) filter (where hits > 0) as last_hit_at"
        " from screening_rule_figures where slice_at >= $1 group by rule_id order by 3 desc, 1",
        since,
    )
    return [Figures(**dict(row)) for row in rows]
